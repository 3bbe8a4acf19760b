package io.juxta.image;

/** An image that a step cannot be done on, such as one smaller than the crop; the message names both and the cure. */
public final class UnfitImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnfitImageException(String message) {
        super(message);
    }
}
