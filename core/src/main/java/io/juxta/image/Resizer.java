package io.juxta.image;

import org.apiguardian.api.API;

/** Resizes whole pictures as Pillow's bilinear filter does, bit for bit. Not safe for use by many threads at once. */
@API(status = API.Status.INTERNAL)
public final class Resizer {
    private final Canvas canvas = new Canvas();

    /**
     * A picture of another size.
     *
     * @param mirrored whether left and right change places afterwards
     */
    public Image bilinear(Image image, int width, int height, boolean mirrored) {
        canvas.load(image);
        canvas.resize(width, height, Filter.BILINEAR);
        if (mirrored) {
            canvas.flip();
        }
        return canvas.toImage();
    }

    /** A part of a picture at another size. */
    Image bilinear(Image image, Frame part, int width, int height) {
        canvas.load(image);
        canvas.resize(part, width, height, Filter.BILINEAR);
        return canvas.toImage();
    }
}
