package io.juxta.image;

import java.util.HashMap;
import java.util.Map;

/**
 * The first directory of a TIFF or BigTIFF file: what its tags say. A tag that stands twice is refused: of two sizes one
 * reader would believe the first and another the last.
 */
final class TiffDirectory {
    static final int SUBFILE = 254;
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int STRIP_LENGTHS = 279;
    static final int PLANES = 284;
    static final int PREDICTOR = 317;
    static final int COLOUR_MAP = 320;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_LENGTHS = 325;
    static final int SUB_DIRECTORIES = 330;
    static final int INK_SET = 332;
    static final int EXTRA_SAMPLES = 338;
    static final int SAMPLE_FORMAT = 339;
    static final int JPEG_TABLES = 347;
    static final int SUBSAMPLING = 530;
    static final int DNG_VERSION = 50706;

    /** Cameras write a few dozen. */
    private static final int MOST_TAGS = 2048;

    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    /** @param at where the values stand */
    private record Entry(int type, long count, long at) {}

    private final Bytes file;
    private final boolean little;
    private final Map<Integer, Entry> entries = new HashMap<>();

    private TiffDirectory(Bytes file) {
        this.file = file;
        this.little = file.starts(0, "II");
    }

    /**
     * @throws Damaged when a tag stands twice, or too many stand there
     * @throws IndexOutOfBoundsException when the file ends before the directory does
     */
    static TiffDirectory read(Bytes file) throws Damaged {
        TiffDirectory directory = new TiffDirectory(file);
        directory.read();
        return directory;
    }

    private void read() throws Damaged {
        boolean big = u16(2) == 43;
        long start = big ? u64(8) : u32(4);
        long tags = big ? u64(start) : u16(start);
        if (tags < 0 || tags > MOST_TAGS) {
            throw new Damaged("damaged TIFF: " + tags + " tags are more than the limit of " + MOST_TAGS);
        }
        int size = big ? 20 : 12;
        long at = start + (big ? 8 : 2);
        for (long i = 0; i < tags; i++, at += size) {
            int tag = u16(at);
            int type = u16(at + 2);
            long count = big ? u64(at + 4) : u32(at + 4);
            int bytes = type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
            long values = at + (big ? 12 : 8);
            boolean inside = bytes == 0 || count >= 0 && count <= (big ? 8 : 4) / bytes;
            Entry entry = new Entry(type, count, inside ? values : big ? u64(values) : u32(values));
            if (entries.put(tag, entry) != null) {
                throw new Damaged("damaged TIFF: its tag " + tag + " stands twice; save it anew");
            }
        }
        // the next directory's place
        file.u8(at + (big ? 7 : 3));
    }

    boolean isLittle() {
        return little;
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** How many values a tag has. */
    long count(int tag) {
        Entry entry = entries.get(tag);
        return entry == null ? 0 : entry.count;
    }

    /** The first value of a tag, or what holds without it. */
    long value(int tag, long otherwise) {
        return count(tag) == 0 ? otherwise : value(tag, 0L, otherwise);
    }

    /**
     * One of the values of a tag.
     *
     * @throws IndexOutOfBoundsException when there are not as many, or the file ends before it
     */
    long value(int tag, long index, long otherwise) {
        Entry entry = entries.get(tag);
        if (entry == null) {
            return otherwise;
        }
        if (index < 0 || index >= entry.count) {
            throw new IndexOutOfBoundsException("value " + index + " of " + entry.count);
        }
        return switch (entry.type) {
            case 1, 6, 7 -> file.u8(entry.at + index);
            case 3, 8 -> u16(entry.at + 2 * index);
            case 16, 17, 18 -> u64(entry.at + 8 * index);
            default -> u32(entry.at + 4 * index);
        };
    }

    /** The first value of a tag that is a fraction; 0 where it is none. */
    double fraction(int tag) {
        Entry entry = entries.get(tag);
        return entry == null || entry.type != 5 || entry.count < 1 ? 0 : (double) u32(entry.at) / u32(entry.at + 4);
    }

    private int u16(long at) {
        return little ? file.u16le(at) : file.u16(at);
    }

    private long u32(long at) {
        return little ? file.u32le(at) : file.u32(at);
    }

    /** What is above a Java long is beyond the end of any file, as -1 is. */
    private long u64(long at) {
        long value = little ? file.u32le(at) | file.u32le(at + 4) << 32 : file.u32(at) << 32 | file.u32(at + 4);
        return Math.max(-1, value);
    }
}
