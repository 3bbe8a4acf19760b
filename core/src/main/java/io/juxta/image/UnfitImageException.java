package io.juxta.image;

import org.apiguardian.api.API;

/** An image that a step cannot be done on, such as one smaller than the crop; the message names both and the cure. */
@API(status = API.Status.INTERNAL)
public final class UnfitImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnfitImageException(String message) {
        super(message);
    }
}
