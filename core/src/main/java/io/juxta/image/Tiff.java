package io.juxta.image;

import io.juxta.image.Header.Damaged;

/** What the first directory of a TIFF file says of the picture: its size, its samples, and whether all of it is there. */
final class Tiff {
    private static final int INKS = 5;
    private static final int MOST_BITS = 16;
    private static final int REDUCED = 1;
    private static final int COLOUR_FILTER = 32803;
    private static final int LINEAR_RAW = 34892;

    private final Bytes file;
    private final TiffDirectory tags;

    Tiff(Bytes file) throws Damaged {
        this.file = file;
        this.tags = TiffDirectory.read(file);
    }

    static boolean isOne(Bytes file) {
        return file.starts(0, "II*\0") || file.starts(0, "MM\0*") || file.starts(0, "II+\0") || file.starts(0, "MM\0+");
    }

    /** Whether the file is a camera's raw photo: the first picture in it is but a small one to look at. */
    static boolean isRaw(Bytes file) {
        if (file.starts(8, "CR\2")) {
            return true;
        }
        try {
            TiffDirectory tags = TiffDirectory.read(file);
            long kind = tags.value(TiffDirectory.PHOTOMETRIC, 0);
            return tags.has(TiffDirectory.DNG_VERSION)
                    || kind == COLOUR_FILTER
                    || kind == LINEAR_RAW
                    || (tags.value(TiffDirectory.SUBFILE, 0) & REDUCED) != 0 && tags.has(TiffDirectory.SUB_DIRECTORIES);
        } catch (Damaged | IndexOutOfBoundsException e) {
            // whatever it is, it will be refused for what is wrong with it
            return false;
        }
    }

    Header header() throws Damaged {
        long bits = tags.value(TiffDirectory.BITS, 1);
        if (bits > MOST_BITS) {
            throw new Damaged("TIFF with samples of " + bits + " bits, which is not read: save it with 8 or 16");
        }
        requireParts();
        return new Header(
                ImageFormat.TIFF,
                tags.value(TiffDirectory.WIDTH, 0),
                tags.value(TiffDirectory.HEIGHT, 0),
                (int) tags.value(TiffDirectory.SAMPLES, 1),
                tags.value(TiffDirectory.PHOTOMETRIC, 0) == INKS);
    }

    private void requireParts() throws Damaged {
        boolean tiled = tags.has(TiffDirectory.TILE_OFFSETS);
        int offsets = tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS;
        int lengths = tiled ? TiffDirectory.TILE_LENGTHS : TiffDirectory.STRIP_LENGTHS;
        long parts = Math.min(tags.count(offsets), tags.count(lengths));
        for (long part = 0; part < parts; part++) {
            long end = tags.value(offsets, part, 0) + tags.value(lengths, part, 0);
            if (end > file.length()) {
                throw new Damaged("truncated TIFF: " + file.length() + " bytes of " + end);
            }
        }
    }
}
