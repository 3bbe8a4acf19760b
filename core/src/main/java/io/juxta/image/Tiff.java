package io.juxta.image;

import io.juxta.image.Header.Damaged;

/** The first directory of a TIFF file: the picture's size and where its strips or tiles lie. */
final class Tiff {
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int PHOTOMETRIC = 262;
    private static final int INKS = 5;
    private static final int BITS = 258;
    private static final int MOST_BITS = 16;
    private static final int SAMPLES = 277;
    private static final int STRIP_OFFSETS = 273;
    private static final int STRIP_LENGTHS = 279;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_LENGTHS = 325;
    private static final int SHORT = 3;

    private final Bytes file;
    private final boolean little;

    Tiff(Bytes file) {
        this.file = file;
        this.little = file.starts(0, "II");
    }

    Header header() throws Damaged {
        long directory = u32(4);
        int entries = u16(directory);
        long width = 0;
        long height = 0;
        long offsets = 0;
        long lengths = 0;
        int samples = 1;
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            switch (u16(entry)) {
                case WIDTH -> width = value(entry, 0);
                case HEIGHT -> height = value(entry, 0);
                case BITS -> requireBits(value(entry, 0));
                case SAMPLES -> samples = (int) value(entry, 0);
                case STRIP_OFFSETS, TILE_OFFSETS -> offsets = entry;
                case STRIP_LENGTHS, TILE_LENGTHS -> lengths = entry;
                default -> {}
            }
        }
        u32(directory + 2 + 12L * entries);
        if (offsets > 0 && lengths > 0) {
            requireParts(offsets, lengths);
        }
        return new Header(ImageFormat.TIFF, width, height, samples);
    }

    /** Whether the components are inks. */
    boolean isInk() {
        long directory = u32(4);
        for (int i = 0; i < u16(directory); i++) {
            long entry = directory + 2 + 12L * i;
            if (u16(entry) == PHOTOMETRIC) {
                return value(entry, 0) == INKS;
            }
        }
        return false;
    }

    private static void requireBits(long bits) throws Damaged {
        if (bits > MOST_BITS) {
            throw new Damaged("TIFF with samples of " + bits + " bits, which is not read: save it with 8 or 16");
        }
    }

    private void requireParts(long offsets, long lengths) throws Damaged {
        long parts = Math.min(u32(offsets + 4), u32(lengths + 4));
        for (long part = 0; part < parts; part++) {
            long end = value(offsets, part) + value(lengths, part);
            if (end > file.length()) {
                throw new Damaged("truncated TIFF: " + file.length() + " bytes of " + end);
            }
        }
    }

    /** One of an entry's values: they stand in the entry itself where they fit into four bytes. */
    private long value(long entry, long index) {
        boolean isShort = u16(entry + 2) == SHORT;
        int size = isShort ? 2 : 4;
        long at = u32(entry + 4) * size <= 4 ? entry + 8 : u32(entry + 8);
        return isShort ? u16(at + 2 * index) : u32(at + 4 * index);
    }

    private int u16(long at) {
        return little ? file.u16le(at) : file.u16(at);
    }

    private long u32(long at) {
        return little ? file.u32le(at) : file.u32(at);
    }
}
