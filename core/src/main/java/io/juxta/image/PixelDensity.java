package io.juxta.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * How large a picture is meant to be printed.
 *
 * @param x dots per metre, at least 1
 * @param y dots per metre, at least 1
 */
record PixelDensity(long x, long y) {
    private static final double INCH = 0.0254;

    /** Behind the header of a PNG. */
    private static final int AFTER_HEADER = 33;

    static PixelDensity ofDotsPerInch(double x, double y) {
        return new PixelDensity(Math.round(x / INCH), Math.round(y / INCH));
    }

    /** Whether it can be written: what is beyond it is no resolution. */
    boolean isOne() {
        return x > 0 && y > 0 && x < 10_000_000 && y < 10_000_000;
    }

    /** Of the picture on its side. */
    PixelDensity turned() {
        return new PixelDensity(y, x);
    }

    /** A file as {@link Encoding} makes it, with this resolution. */
    byte[] writtenInto(byte[] file, ImageFormat format) {
        return format == ImageFormat.PNG ? png(file) : jpeg(file);
    }

    private byte[] png(byte[] file) {
        byte[] chunk = ByteBuffer.allocate(13)
                .put("pHYs".getBytes(StandardCharsets.US_ASCII))
                .putInt((int) x)
                .putInt((int) y)
                .put((byte) 1)
                .array();
        CRC32 sum = new CRC32();
        sum.update(chunk);
        return ByteBuffer.allocate(file.length + 21)
                .put(file, 0, AFTER_HEADER)
                .putInt(9)
                .put(chunk)
                .putInt((int) sum.getValue())
                .put(file, AFTER_HEADER, file.length - AFTER_HEADER)
                .array();
    }

    /** Into the JFIF segment that every writer begins with. */
    private byte[] jpeg(byte[] file) {
        if (new Bytes(file).starts(6, "JFIF\0")) {
            long inchX = Math.round(x * INCH);
            long inchY = Math.round(y * INCH);
            if (inchX > 0 && inchY > 0 && inchX < 65536 && inchY < 65536) {
                ByteBuffer.wrap(file)
                        .put(13, (byte) 1)
                        .putShort(14, (short) inchX)
                        .putShort(16, (short) inchY);
            }
        }
        return file;
    }
}
