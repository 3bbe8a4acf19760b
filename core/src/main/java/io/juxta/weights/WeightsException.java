package io.juxta.weights;

import java.io.IOException;
import org.apiguardian.api.API;

/** A file of weights that cannot be understood; the message is one line that names the file and the cause. */
@API(status = API.Status.INTERNAL)
public final class WeightsException extends IOException {
    /** @param message one line */
    public WeightsException(String message) {
        super(message);
    }

    /** @param message one line */
    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }
}
