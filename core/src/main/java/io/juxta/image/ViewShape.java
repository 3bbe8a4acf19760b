package io.juxta.image;

import org.apiguardian.api.API;

/**
 * The shape of a view.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param height in pixels, at least 1
 * @param width in pixels, at least 1
 */
@API(status = API.Status.INTERNAL)
public record ViewShape(int channels, int height, int width) {
    public ViewShape {
        if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
            throw new IllegalArgumentException("a view of " + channels + " channels and " + width + " x " + height
                    + " pixels is none; it needs 1 or 3 channels and at least one pixel");
        }
    }

    static ViewShape square(int size) {
        return new ViewShape(3, size, size);
    }

    /** The floats of a view: {@code channels * height * width}. */
    public long length() {
        return (long) channels * height * width;
    }

    /** Width and height as a person writes them: {@code 256 x 192}. */
    public String pixels() {
        return width + " x " + height;
    }
}
