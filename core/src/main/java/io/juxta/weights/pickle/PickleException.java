package io.juxta.weights.pickle;

import java.io.IOException;

/** A pickle that cannot be understood, or is refused; the message is one line. */
public final class PickleException extends IOException {
    /** @param message one line, without the file's name */
    public PickleException(String message) {
        super(message);
    }
}
