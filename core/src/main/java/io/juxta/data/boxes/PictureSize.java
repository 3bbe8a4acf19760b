package io.juxta.data.boxes;

import org.apiguardian.api.API;

/**
 * How large a picture is.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
@API(status = API.Status.INTERNAL)
public record PictureSize(int width, int height) {
    public PictureSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a picture of " + width + " x " + height + " pixels is none: each side needs one at least");
        }
    }

    /** As people write it: {@code 640 x 480}. */
    @Override
    public String toString() {
        return width + " x " + height;
    }
}
