package io.juxta.image;

import java.io.IOException;
import org.apiguardian.api.API;

/** An image that cannot be read: missing, empty, truncated, too large, or no image at all. The message names it. */
@API(status = API.Status.EXPERIMENTAL)
public final class UnreadableImageException extends IOException {
    private static final long serialVersionUID = 1;

    public UnreadableImageException(String message) {
        super(message);
    }
}
