package io.juxta.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** The kinds of files that OpenCV reads otherwise than Pillow does. */
final class Uncommon {
    private Uncommon() {}

    /** The image, or null where OpenCV reads the file as Pillow does. */
    static @Nullable Image decode(byte[] bytes, Header header) throws IOException {
        if (header.format() == ImageFormat.JPEG && header.components() == 4) {
            return fourInks(read(bytes, "jpeg"), hasLuma(bytes));
        }
        if (header.format() == ImageFormat.TIFF && header.components() == 4) {
            Raster raster = read(bytes, "tiff");
            // four 8-bit components are RGB and alpha, which OpenCV multiplies in, or the four inks, which it knows
            return raster.getTransferType() == 0 && !header.inks() ? withoutAlpha(raster) : null;
        }
        if (header.format() == ImageFormat.PPM) {
            return new Pnm(bytes).decode();
        }
        return null;
    }

    /** A GIF whose transparent colour is a colour like any other: the decoder would show the background instead. */
    static byte[] opaque(byte[] gif) {
        Bytes file = new Bytes(gif);
        int at = 13 + ((file.u8(10) & 0x80) != 0 ? 6 << (file.u8(10) & 7) : 0);
        byte[] copy = gif;
        while (file.u8(at) == 0x21) {
            if (file.u8(at + 1) == 0xf9 && (file.u8(at + 3) & 1) == 1) {
                copy = gif.clone();
                copy[at + 3] &= ~1;
            }
            at = Header.afterBlocks(file, at + 2);
        }
        return copy;
    }

    /**
     * A PNG without the colour profile and the EXIF data that it may hold: nothing is made of them, and the decoder
     * would complain of slight faults in them on the standard error stream, image by image.
     */
    static byte[] withoutProfile(byte[] png) {
        Bytes file = new Bytes(png);
        byte[] kept = png;
        int removed = 0;
        int at = 8;
        while (!file.starts(at + 4, "IEND")) {
            int length = 12 + (int) file.u32(at);
            if (file.starts(at + 4, "iCCP") || file.starts(at + 4, "eXIf")) {
                int to = at - removed;
                removed += length;
                byte[] shorter = Arrays.copyOf(kept, png.length - removed);
                System.arraycopy(png, at + length, shorter, to, png.length - at - length);
                kept = shorter;
            }
            at += length;
        }
        return kept;
    }

    private static Raster read(byte[] bytes, String format) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw new IOException("no reader for " + format);
        }
        ImageReader reader = readers.next();
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(stream, true, true);
            return reader.canReadRaster()
                    ? reader.readRaster(0, null)
                    : reader.read(0).getRaster();
        } finally {
            reader.dispose();
        }
    }

    private static Image withoutAlpha(Raster raster) {
        int[] pixels = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
        byte[] rgb = new byte[pixels.length / 4 * 3];
        for (int from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
            rgb[to] = (byte) pixels[from];
            rgb[to + 1] = (byte) pixels[from + 1];
            rgb[to + 2] = (byte) pixels[from + 2];
        }
        return new Image(raster.getWidth(), raster.getHeight(), rgb);
    }

    /** Cyan, magenta, yellow and black, stored inverted as Adobe does; Pillow takes every such file for Adobe's. */
    private static Image fourInks(Raster raster, boolean luma) {
        int[] pixels = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
        byte[] rgb = new byte[pixels.length / 4 * 3];
        for (int from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
            if (luma) {
                invertedInks(pixels, from);
            }
            int light = pixels[from + 3];
            for (int c = 0; c < 3; c++) {
                int product = (255 - pixels[from + c]) * light + 128;
                rgb[to + c] = (byte) Math.max(0, light - ((product + (product >> 8)) >> 8));
            }
        }
        return new Image(raster.getWidth(), raster.getHeight(), rgb);
    }

    /** From luma and chroma to inks in the fixed point of libjpeg. */
    private static void invertedInks(int[] pixels, int at) {
        int y = pixels[at];
        int cb = pixels[at + 1] - 128;
        int cr = pixels[at + 2] - 128;
        pixels[at] = 255 - cut(y + ((91881 * cr + 32768) >> 16));
        pixels[at + 1] = 255 - cut(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        pixels[at + 2] = 255 - cut(y + ((116130 * cb + 32768) >> 16));
    }

    private static int cut(int value) {
        return Math.max(0, Math.min(255, value));
    }

    /** Whether Adobe's segment says that the inks were turned into luma and chroma. */
    private static boolean hasLuma(byte[] bytes) {
        Bytes file = new Bytes(bytes);
        for (int at = 2; file.u8(at + 1) != 0xda; at += file.u8(at + 1) == 0xff ? 1 : 2 + file.u16(at + 2)) {
            if (file.u8(at + 1) == 0xee && file.starts(at + 4, "Adobe")) {
                return file.u8(at + 15) == 2;
            }
        }
        return false;
    }
}
