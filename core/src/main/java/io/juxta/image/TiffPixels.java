package io.juxta.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * The pixels of a TIFF file as 8-bit RGB: strips or tiles, samples beside each other or in planes, grey, RGB, palettes,
 * inks, or luma and chroma, with whatever samples beside them left out. Of 12 and 16 bits the upper eight count.
 */
final class TiffPixels {
    private final Tiff tiff;
    private final int width;
    private final int height;
    private final byte[] rgb;
    /** The samples of a part's row, as they are in the file. */
    private final int[] row;

    private final byte[][] palette;
    /** Of samples that follow each other: those of a pixel, or one where each has its plane. */
    private final int step;

    private TiffPixels(Tiff tiff) {
        this.tiff = tiff;
        this.width = (int) tiff.width();
        this.height = (int) tiff.height();
        this.rgb = new byte[Math.toIntExact(3 * tiff.width() * tiff.height())];
        this.step = tiff.planar() ? 1 : tiff.samples();
        this.row = new int[Math.multiplyExact(tiff.partWidth(), step)];
        this.palette = tiff.photometric() == Tiff.PALETTE ? palette() : new byte[0][];
    }

    /** How many bytes a part takes once it is unpacked. */
    static long partBytes(Tiff tiff) {
        return rowBytes(tiff) * tiff.partHeight();
    }

    private static long rowBytes(Tiff tiff) {
        return ((long) tiff.partWidth() * (tiff.planar() ? 1 : tiff.samples()) * tiff.bits() + 7) / 8;
    }

    static Image decode(Tiff tiff) throws IOException {
        TiffPixels pixels = new TiffPixels(tiff);
        if (tiff.compression() == Tiff.JPEG) {
            new TiffJpeg(tiff).decode(pixels.rgb);
        } else if (tiff.planar()) {
            pixels.planes();
        } else {
            pixels.parts();
        }
        Image image = new Image(pixels.width, pixels.height, pixels.rgb);
        return Exif.upright(image, tiff.orientation());
    }

    private void parts() throws IOException {
        byte[] unpacked = new byte[Math.toIntExact(partBytes(tiff))];
        TiffUnpacker unpacker = new TiffUnpacker(tiff);
        for (int part = 0; part < tiff.partsOfPlane(); part++) {
            int x = part % tiff.across() * tiff.partWidth();
            int y = part / tiff.across() * tiff.partHeight();
            int rows = Math.min(tiff.partHeight(), height - y);
            unpacker.unpack(part, unpacked, rows);
            int columns = Math.min(tiff.partWidth(), width - x);
            for (int i = 0; i < rows; i++) {
                samples(unpacked, i);
                int to = 3 * ((y + i) * width + x);
                for (int column = 0; column < columns; column++, to += 3) {
                    colour(column * step, to);
                }
            }
        }
    }

    /** One plane after the other: three of colours, or four of inks, of which the last takes away from the others. */
    private void planes() throws IOException {
        byte[] unpacked = new byte[Math.toIntExact(partBytes(tiff))];
        TiffUnpacker unpacker = new TiffUnpacker(tiff);
        boolean grey = tiff.photometric() < Tiff.RGB || tiff.photometric() == Tiff.PALETTE;
        int planes = grey ? 1 : tiff.photometric() == Tiff.INKS || tiff.premultiplied() ? 4 : 3;
        for (int plane = 0; plane < planes; plane++) {
            for (int part = 0; part < tiff.partsOfPlane(); part++) {
                int x = part % tiff.across() * tiff.partWidth();
                int y = part / tiff.across() * tiff.partHeight();
                int rows = Math.min(tiff.partHeight(), height - y);
                unpacker.unpack((int) (plane * tiff.partsOfPlane()) + part, unpacked, rows);
                int columns = Math.min(tiff.partWidth(), width - x);
                for (int i = 0; i < rows; i++) {
                    samples(unpacked, i);
                    int to = 3 * ((y + i) * width + x);
                    for (int column = 0; column < columns; column++, to += 3) {
                        if (grey) {
                            colour(column, to);
                        } else if (plane < 3) {
                            rgb[to + plane] = (byte) row[column];
                        } else {
                            finish(to, row[column]);
                        }
                    }
                }
            }
        }
        if (tiff.photometric() == Tiff.LUMA) {
            for (int to = 0; to < rgb.length; to += 3) {
                luma(rgb[to] & 255, rgb[to + 1] & 255, rgb[to + 2] & 255, to);
            }
        }
    }

    /** Three colours that stand in their place already, and the fourth sample. */
    private void finish(int to, int fourth) {
        for (int c = 0; c < 3; c++) {
            int value = rgb[to + c] & 255;
            rgb[to + c] = tiff.photometric() == Tiff.INKS ? ink(value, fourth) : unmultiplied(value, fourth);
        }
    }

    private void colour(int from, int to) {
        switch (tiff.photometric()) {
            case Tiff.WHITE_IS_ZERO, Tiff.BLACK_IS_ZERO -> {
                byte grey = (byte) (tiff.photometric() == Tiff.WHITE_IS_ZERO ? 255 - row[from] : row[from]);
                rgb[to] = grey;
                rgb[to + 1] = grey;
                rgb[to + 2] = grey;
            }
            case Tiff.PALETTE -> {
                for (int c = 0; c < 3; c++) {
                    rgb[to + c] = palette[c][row[from]];
                }
            }
            case Tiff.INKS -> {
                for (int c = 0; c < 3; c++) {
                    rgb[to + c] = ink(row[from + c], row[from + 3]);
                }
            }
            case Tiff.LUMA -> luma(row[from], row[from + 1], row[from + 2], to);
            default -> {
                for (int c = 0; c < 3; c++) {
                    rgb[to + c] =
                            tiff.premultiplied() ? unmultiplied(row[from + c], row[from + 3]) : (byte) row[from + c];
                }
            }
        }
    }

    /** As Pillow takes black and an ink away from white. */
    private static byte ink(int ink, int black) {
        int light = 255 - black;
        int product = ink * light + 128;
        return (byte) Math.max(0, light - ((product + (product >> 8)) >> 8));
    }

    private static byte unmultiplied(int colour, int alpha) {
        return (byte) (alpha == 0 ? 0 : Math.min(255, colour * 255 / alpha));
    }

    /** Luma and chroma in the fixed point of libtiff, by ITU-R BT.601. */
    private void luma(int y, int cb, int cr, int to) {
        int blue = cb - 128;
        int red = cr - 128;
        rgb[to] = cut(y + (91881 * red + 32768 >> 16));
        rgb[to + 1] = cut(y + (-46802 * red - 22553 * blue + 32768 >> 16));
        rgb[to + 2] = cut(y + (116130 * blue + 32768 >> 16));
    }

    private static byte cut(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    /** The samples of a row: 8 bits each, but for a palette's, which are its entries. */
    private void samples(byte[] unpacked, int index) {
        int at = (int) (index * rowBytes(tiff));
        int bits = tiff.bits();
        if (bits == 8) {
            for (int i = 0; i < row.length; i++) {
                row[i] = unpacked[at + i] & 255;
            }
        } else if (bits == 16) {
            int high = tiff.tags().isLittle() ? 1 : 0;
            for (int i = 0; i < row.length; i++) {
                row[i] = unpacked[at + 2 * i + high] & 255;
            }
        } else {
            int all = (1 << bits) - 1;
            boolean scaled = tiff.photometric() != Tiff.PALETTE;
            for (int i = 0; i < row.length; i++) {
                int value = bits(unpacked, 8L * at + (long) i * bits, bits);
                row[i] = !scaled ? value : bits > 8 ? value >> (bits - 8) : value * 255 / all;
            }
        }
    }

    private static int bits(byte[] bytes, long at, int count) {
        int value = 0;
        for (long bit = at; bit < at + count; bit++) {
            value = value << 1 | bytes[(int) (bit >> 3)] >> (7 - (bit & 7)) & 1;
        }
        return value;
    }

    /** Three channels of 16 bits, of which the upper eight count; programs of old wrote eight. */
    private byte[][] palette() {
        TiffDirectory tags = tiff.tags();
        int entries = 1 << tiff.bits();
        byte[][] channels = new byte[3][entries];
        boolean wide = false;
        for (int i = 0; i < 3 * entries; i++) {
            wide |= tags.value(TiffDirectory.COLOUR_MAP, i, 0) > 255;
        }
        for (int i = 0; i < 3 * entries; i++) {
            long value = tags.value(TiffDirectory.COLOUR_MAP, i, 0);
            channels[i / entries][i % entries] = (byte) (wide ? value >> 8 : value);
        }
        return channels;
    }

    /** The pixels of a part that came decoded. */
    static void place(Image part, Tiff tiff, int number, byte[] rgb) {
        int x = number % tiff.across() * tiff.partWidth();
        int y = number / tiff.across() * tiff.partHeight();
        int columns = (int) Math.min(part.width(), tiff.width() - x);
        int rows = (int) Math.min(part.height(), Math.min(tiff.partHeight(), tiff.height() - y));
        for (int i = 0; i < rows; i++) {
            byte[] from = Arrays.copyOfRange(part.rgb(), 3 * i * part.width(), 3 * (i * part.width() + columns));
            System.arraycopy(from, 0, rgb, 3 * ((y + i) * (int) tiff.width() + x), from.length);
        }
    }
}
