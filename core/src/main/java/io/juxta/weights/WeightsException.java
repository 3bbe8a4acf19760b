package io.juxta.weights;

import java.io.IOException;

/** A file of weights that cannot be understood; the message is one line that names the file and the cause. */
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
