package io.juxta.image;

import java.io.IOException;

/** An image that cannot be read: missing, empty, truncated, too large, or no image at all. The message names it. */
public final class UnreadableImageException extends IOException {
    private static final long serialVersionUID = 1;

    public UnreadableImageException(String message) {
        super(message);
    }
}
