package io.juxta.image;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * A BMP file of any depth: palettes, plain or in run lengths, 16, 24 and 32 bits with any masks, of Windows and OS/2,
 * from the top or from the bottom. Channels of fewer than eight bits are spread over 0 to 255.
 *
 * @param pixels where the pixels begin
 * @param palette where the palette begins
 * @param entry bytes of a colour in the palette
 * @param colours in the palette
 * @param masks of red, green and blue in a pixel of 16 bits or more
 */
record BmpFile(
        byte[] bytes,
        long width,
        long height,
        int bits,
        int compression,
        boolean fromTop,
        int pixels,
        int palette,
        int entry,
        int colours,
        long[] masks)
        implements PictureFile {
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int FIELDS = 3;
    private static final int ALPHA_FIELDS = 6;
    private static final Set<Long> HEADERS = Set.of(12L, 40L, 52L, 56L, 64L, 108L, 124L);

    static boolean isOne(Bytes file) {
        return file.starts(0, "BM") && (file.length() < 18 || HEADERS.contains(file.u32le(14)));
    }

    static BmpFile read(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        int header = (int) file.u32le(14);
        boolean old = header == 12;
        long width = old ? file.u16le(18) : (int) file.u32le(18);
        long height = old ? file.u16le(20) : (int) file.u32le(22);
        int bits = old ? file.u16le(24) : file.u16le(28);
        int compression = old ? 0 : (int) file.u32le(30);
        if (width < 1 || height == 0) {
            return new BmpFile(bytes, 0, 0, 8, 0, false, 0, 0, 4, 0, new long[3]);
        }
        requireKnown(bits, compression, header);
        boolean fields = compression == FIELDS || compression == ALPHA_FIELDS;
        int afterHeader = 14 + header + (fields && header == 40 ? compression == FIELDS ? 12 : 16 : 0);
        long[] masks = fields ? masks(file, bits) : plainMasks(bits);
        int entry = old ? 3 : 4;
        long said = old ? 0 : file.u32le(46);
        int colours = bits > 8 ? 0 : (int) (said > 0 && said <= 1 << bits ? said : 1 << bits);
        long start = file.u32le(10);
        if (start == 14 + header && bits <= 8) {
            // some writers leave out the palette there
            start += (long) entry * colours;
        }
        if (start < afterHeader) {
            throw new Damaged("damaged BMP: its pixels begin at byte " + start + ", in its header");
        }
        // the palette is cut short where the pixels begin
        colours = (int) Math.min(colours, (start - afterHeader) / entry);
        boolean runs = compression == RLE8 || compression == RLE4;
        long needed = start + (runs ? 0 : (width * bits + 31) / 32 * 4 * Math.abs(height));
        if (needed > file.length()) {
            throw new Damaged("truncated BMP: " + file.length() + " bytes of " + needed);
        }
        return new BmpFile(
                bytes,
                width,
                Math.abs(height),
                bits,
                compression,
                height < 0,
                (int) start,
                afterHeader,
                entry,
                colours,
                masks);
    }

    private static void requireKnown(int bits, int compression, int header) throws Damaged {
        boolean known =
                switch (compression) {
                    case 0 -> Set.of(1, 2, 4, 8, 16, 24, 32).contains(bits);
                    case RLE8 -> bits == 8;
                    case RLE4 -> bits == 4;
                    case FIELDS, ALPHA_FIELDS -> (bits == 16 || bits == 24 || bits == 32) && header != 64;
                    default -> false;
                };
        if (!known) {
            throw new Damaged("BMP with " + bits + " bits and compression of kind " + compression
                    + ", which is not read: save it as 24-bit BMP or PNG");
        }
    }

    private static long[] plainMasks(int bits) {
        return bits == 16 ? new long[] {0x7c00, 0x3e0, 0x1f} : new long[] {0xff0000, 0xff00, 0xff};
    }

    /** They stand behind 40 bytes, in a longer header or after a short one. */
    private static long[] masks(Bytes file, int bits) throws Damaged {
        long[] masks = {file.u32le(54), file.u32le(58), file.u32le(62)};
        if (masks[0] == 0 && masks[1] == 0 && masks[2] == 0) {
            return plainMasks(bits);
        }
        for (long mask : masks) {
            long low = mask >> Long.numberOfTrailingZeros(mask);
            if (mask == 0 || (low & low + 1) != 0 || mask >> bits != 0) {
                throw new Damaged(String.format(
                        Locale.ROOT,
                        "damaged BMP: a mask of %x has no bits beside each other in a pixel of %d",
                        mask,
                        bits));
            }
        }
        return masks;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.BMP;
    }

    @Override
    public DecodingMemory.Need need() {
        return new DecodingMemory.Need(3 * width * height, 0);
    }

    @Override
    public Image decode() throws IOException {
        byte[] rgb = new byte[Math.toIntExact(3 * width * height)];
        if (compression == RLE8 || compression == RLE4) {
            runs(rgb);
        } else if (bits <= 8) {
            indexed(rgb);
        } else {
            direct(rgb);
        }
        return new Image((int) width, (int) height, rgb);
    }

    private int row(long y) {
        return (int) (3 * width * (fromTop ? y : height - 1 - y));
    }

    private void indexed(byte[] rgb) {
        byte[] colour = colours256();
        long stride = (width * bits + 31) / 32 * 4;
        int all = (1 << bits) - 1;
        for (long y = 0; y < height; y++) {
            int from = (int) (pixels + y * stride);
            int to = row(y);
            for (int x = 0; x < width; x++, to += 3) {
                int bit = x * bits;
                int index = bytes[from + (bit >> 3)] >> (8 - bits - (bit & 7)) & all;
                System.arraycopy(colour, 3 * index, rgb, to, 3);
            }
        }
    }

    private void direct(byte[] rgb) {
        int size = bits / 8;
        long stride = (width * bits + 31) / 32 * 4;
        int[] shifts = new int[3];
        byte[][] levels = new byte[3][];
        for (int c = 0; c < 3; c++) {
            shifts[c] = Long.numberOfTrailingZeros(masks[c]);
            long most = masks[c] >> shifts[c];
            // of more than eight bits the upper ones count
            for (; most > 0xffff; most >>= 1) {
                shifts[c]++;
            }
            levels[c] = new byte[(int) most + 1];
            for (int i = 0; i <= most; i++) {
                levels[c][i] = (byte) (i * 255L / most);
            }
        }
        for (long y = 0; y < height; y++) {
            int from = (int) (pixels + y * stride);
            int to = row(y);
            for (int x = 0; x < width; x++, from += size, to += 3) {
                long pixel = 0;
                for (int i = 0; i < size; i++) {
                    pixel |= (bytes[from + i] & 255L) << 8 * i;
                }
                for (int c = 0; c < 3; c++) {
                    rgb[to + c] = levels[c][(int) ((pixel & masks[c]) >> shifts[c])];
                }
            }
        }
    }

    /** Pixels that no run covers have the first colour. */
    private void runs(byte[] rgb) throws IOException {
        byte[] colour = colours256();
        for (int i = 0; i < rgb.length; i += 3) {
            System.arraycopy(colour, 0, rgb, i, 3);
        }
        Bytes file = new Bytes(bytes);
        int at = pixels;
        long x = 0;
        long y = 0;
        while (y < height) {
            if (at + 1 >= bytes.length) {
                if (y == height - 1 && x >= width) {
                    return;
                }
                throw new IOException("its runs break off in row " + y);
            }
            int count = file.u8(at);
            int value = file.u8(at + 1);
            at += 2;
            if (count > 0) {
                for (int i = 0; i < count; i++, x++) {
                    paint(rgb, colour, x, y, bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                return;
            } else if (value == 2) {
                x += file.u8(at);
                y += file.u8(at + 1);
                at += 2;
            } else {
                for (int i = 0; i < value; i++, x++) {
                    int pair = file.u8(at + (bits == 8 ? i : i / 2));
                    paint(rgb, colour, x, y, bits == 8 ? pair : i % 2 == 0 ? pair >> 4 : pair & 15);
                }
                int used = bits == 8 ? value : (value + 1) / 2;
                at += used + (used & 1);
            }
        }
    }

    private void paint(byte[] rgb, byte[] colour, long x, long y, int index) {
        if (x < width) {
            System.arraycopy(colour, 3 * index, rgb, row(y) + (int) (3 * x), 3);
        }
    }

    /** 256 colours, red first; those that the file does not have are black. */
    private byte[] colours256() {
        byte[] colour = new byte[768];
        for (int i = 0; i < colours; i++) {
            for (int c = 0; c < 3; c++) {
                colour[3 * i + c] = bytes[palette + entry * i + 2 - c];
            }
        }
        return colour;
    }
}
