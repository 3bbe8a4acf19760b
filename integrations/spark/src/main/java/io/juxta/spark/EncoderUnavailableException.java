package io.juxta.spark;

import java.io.IOException;
import org.apiguardian.api.API;

/** An executor has no encoder, in one line that names the executor, the reason and the cure. It fails the job. */
@API(status = API.Status.EXPERIMENTAL)
public final class EncoderUnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    EncoderUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
