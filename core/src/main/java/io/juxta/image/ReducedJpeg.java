package io.juxta.image;

import java.io.IOException;

/**
 * A JPEG that is read at a half, a quarter or an eighth of its sides: of each block of coefficients the low ones alone are
 * transformed, as libjpeg does it. That is quicker than to read and shrink it, and nearly the same.
 *
 * @param divisor 2, 4 or 8
 */
record ReducedJpeg(JpegFile whole, int divisor) implements PictureFile {
    /** What is left of a side. */
    static long reduced(long side, int divisor) {
        return (side + divisor - 1) / divisor;
    }

    @Override
    public ImageFormat format() {
        return whole.format();
    }

    @Override
    public long width() {
        return reduced(whole.width(), divisor);
    }

    @Override
    public long height() {
        return reduced(whole.height(), divisor);
    }

    @Override
    public DecodingMemory.Need need() {
        long pixels = width() * height();
        return new DecodingMemory.Need(
                3 * pixels + whole.plain().length, 3 * pixels + whole.coefficients() + whole.plain().length);
    }

    @Override
    public Image decode() throws IOException {
        return OpenCv.reduced(whole.plain(), divisor, width(), height());
    }
}
