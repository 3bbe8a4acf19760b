package io.juxta.distributed;

import java.io.IOException;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/** The processes of a run cannot go on together; the message is the same in each of them wherever that is possible. */
@API(status = API.Status.INTERNAL)
public final class PeerException extends IOException {
    private static final long serialVersionUID = 1;

    PeerException(String message) {
        super(message);
    }

    PeerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
