package io.juxta.image;

import java.nio.FloatBuffer;
import java.util.Objects;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which one thread makes one view after another; it grows to the largest view and is then reused. Not
 * safe for use by many threads at once: give each thread its own.
 *
 * <p>Pixels are kept as one int for each channel: a row's reds, its greens, its blues, then the next row. Java 17's
 * compiler turns loops over such ints into vector instructions, but not loops that widen bytes or skip channels.
 */
@API(status = API.Status.INTERNAL)
public final class Canvas {
    private final Resample resample = new Resample();
    private final BoxBlur blur = new BoxBlur();
    private Chunk chunk = Chunk.of(1);
    private int width;
    private int height;
    private int[] pixels = new int[0];
    private float[] row = new float[0];
    /** The image while nothing has touched its pixels: a crop reads from it only what it needs. */
    private @Nullable Image source;
    /** The filter of a resize of the whole source that nothing needed yet: a crop spares what it cuts off. */
    private @Nullable Filter resizing;
    /** A flip is left until the pixels are read out: every other step but a crop is symmetric. */
    private boolean flipped;

    void load(Image image) {
        source = image;
        width = image.width();
        height = image.height();
        resizing = null;
        flipped = false;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** How many of the ints of {@link #pixels()} count. */
    int length() {
        return 3 * width * height;
    }

    /** The pixels, for a step that does not care about left and right. */
    int[] pixels() {
        if (resizing != null) {
            keep(Box.whole(width, height));
        }
        Image image = source;
        if (image != null) {
            byte[] bytes = image.rgb();
            int[] ints = room(bytes.length);
            for (int y = 0, from = 0; y < height; y++) {
                for (int to = 3 * y * width; to < (3 * y + 1) * width; to++, from += 3) {
                    ints[to] = bytes[from] & 255;
                    ints[to + width] = bytes[from + 1] & 255;
                    ints[to + 2 * width] = bytes[from + 2] & 255;
                }
            }
            source = null;
        }
        return pixels;
    }

    void flip() {
        flipped = !flipped;
    }

    /** Room for some rows of the width that the canvas has. */
    Chunk chunk() {
        if (!chunk.holds(width)) {
            chunk = Chunk.of(width);
        }
        return chunk;
    }

    /** Blurs with Pillow's approximation of a Gaussian. */
    void gaussianBlur(float radius) {
        blur.gaussian(pixels(), width, height, radius);
    }

    /**
     * Crops, resizes the crop to {@code newWidth x newHeight}, and keeps a window of that. Only the pixels that the
     * window depends on are read or computed.
     */
    void cropAndResize(Box crop, int newWidth, int newHeight, Box window, Filter filter) {
        Image image = settled();
        int[] result = room(3 * window.width() * window.height());
        resample.run(image, crop, newWidth, newHeight, window, filter, result);
        source = null;
        width = window.width();
        height = window.height();
    }

    /** Resizes a part of it. */
    void resize(Frame part, int newWidth, int newHeight, Filter filter) {
        Image image = settled();
        int[] result = room(3 * newWidth * newHeight);
        resample.run(image, part, newWidth, newHeight, filter, result);
        source = null;
        width = newWidth;
        height = newHeight;
    }

    /**
     * Resizes all of it, as soon as its pixels are needed; a crop that comes before needs fewer of them.
     *
     * @throws UnfitImageException when the result would have more pixels than an image may have
     */
    void resize(int newWidth, int newHeight, Filter filter) {
        if (newWidth == width && newHeight == height) {
            return;
        }
        if ((long) newWidth * newHeight > Decoder.MAX_PIXELS) {
            throw new UnfitImageException("resized it would have " + newWidth + " x " + newHeight
                    + " pixels, more than the limit of " + Decoder.MAX_PIXELS + "; crop it beforehand");
        }
        source = settled();
        resizing = filter;
        width = newWidth;
        height = newHeight;
    }

    /** Keeps a part. */
    void crop(Box part) {
        if (resizing == null || flipped) {
            // to its own size: every pixel is copied as it is
            cropAndResize(part, part.width(), part.height(), Box.whole(part.width(), part.height()), Filter.BILINEAR);
        } else {
            keep(part);
        }
    }

    /** Does the resize that was put off, but for what lies outside of a part. */
    private void keep(Box part) {
        Image image = Objects.requireNonNull(source);
        int[] result = room(3 * part.width() * part.height());
        Box whole = Box.whole(image.width(), image.height());
        resample.run(image, whole, width, height, part, Objects.requireNonNull(resizing), result);
        source = null;
        resizing = null;
        width = part.width();
        height = part.height();
    }

    /** The pixels as an image from which something is made to which orientation matters. */
    private Image settled() {
        Image image = toImage();
        flipped = false;
        return image;
    }

    /** The pixels as they stand, copied into an image of their own (or the untouched source itself). */
    Image toImage() {
        Image image = source;
        if (image != null && !flipped && resizing == null) {
            return image;
        }
        int[] ints = pixels();
        byte[] bytes = new byte[length()];
        for (int y = 0, to = 0; y < height; y++) {
            for (int x = 0; x < width; x++, to += 3) {
                int from = 3 * y * width + (flipped ? width - 1 - x : x);
                bytes[to] = (byte) ints[from];
                bytes[to + 1] = (byte) ints[from + width];
                bytes[to + 2] = (byte) ints[from + 2 * width];
            }
        }
        return new Image(width, height, bytes);
    }

    /** Writes the pixels as (height, width, 3) normalised floats at the buffer's position, and moves that on. */
    void write(float[] table, FloatBuffer out) {
        int[] ints = pixels();
        int stride = 3 * width;
        if (row.length < stride) {
            row = new float[stride];
        }
        for (int y = 0; y < height; y++) {
            if (flipped) {
                normaliseReversed(ints, y * stride, width, table, row);
            } else {
                normalise(ints, y * stride, width, table, row);
            }
            out.put(row, 0, stride);
        }
    }

    /** Writes the reds as (height, width) normalised floats at the buffer's position, and moves that on. */
    void writeGrey(float[] table, FloatBuffer out) {
        int[] ints = pixels();
        if (row.length < width) {
            row = new float[width];
        }
        for (int y = 0; y < height; y++) {
            int start = 3 * y * width;
            for (int x = 0; x < width; x++) {
                row[x] = table[ints[start + (flipped ? width - 1 - x : x)]];
            }
            out.put(row, 0, width);
        }
    }

    private static void normalise(int[] from, int start, int width, float[] table, float[] to) {
        for (int x = 0; x < width; x++) {
            to[3 * x] = table[from[start + x]];
            to[3 * x + 1] = table[256 + from[start + width + x]];
            to[3 * x + 2] = table[512 + from[start + 2 * width + x]];
        }
    }

    private static void normaliseReversed(int[] from, int start, int width, float[] table, float[] to) {
        int last = start + width - 1;
        for (int x = 0; x < width; x++) {
            to[3 * x] = table[from[last - x]];
            to[3 * x + 1] = table[256 + from[last + width - x]];
            to[3 * x + 2] = table[512 + from[last + 2 * width - x]];
        }
    }

    private int[] room(int length) {
        if (pixels.length < length) {
            pixels = new int[length];
        }
        return pixels;
    }
}
