package io.juxta.weights.pickle;

import java.io.IOException;
import org.apiguardian.api.API;

/** A pickle that cannot be understood, or is refused; the message is one line. */
@API(status = API.Status.INTERNAL)
public final class PickleException extends IOException {
    /** @param message one line, without the file's name */
    public PickleException(String message) {
        super(message);
    }
}
