package io.juxta.image;

import org.apiguardian.api.API;

/** A decoded picture: 8-bit RGB, interleaved, rows from the top, no padding. The pixels are not copied. */
@API(status = API.Status.EXPERIMENTAL)
public final class Image {
    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @param rgb {@code 3 * width * height} bytes, red first; kept, not copied
     * @throws IllegalArgumentException when the sizes do not fit together
     */
    public Image(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("an image of " + width + " x " + height + " needs " + 3L * width * height
                    + " bytes, not " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The pixels themselves, red, green, blue in turn: {@code rgb()[3 * (y * width() + x) + channel]}. */
    public byte[] rgb() {
        return rgb;
    }
}
