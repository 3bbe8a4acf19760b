package io.juxta.image;

import java.io.IOException;
import java.util.Set;

/**
 * What the first directory of a TIFF file says of the picture: its size, how its samples lie and what they mean. What
 * cannot be read rightly is refused here by its name, before anything is allocated.
 *
 * @param photometric 0 grey from white, 1 grey from black, 2 RGB, 3 palette, 5 inks, 6 luma and chroma
 * @param planar whether each sample has parts of its own
 * @param partWidth of a strip or tile
 * @param across tiles beside each other, 1 for strips
 * @param premultiplied whether colours were multiplied by the alpha that follows them
 */
record Tiff(
        byte[] bytes,
        TiffDirectory tags,
        long width,
        long height,
        int bits,
        int samples,
        int photometric,
        int compression,
        int predictor,
        boolean planar,
        int partWidth,
        int partHeight,
        int across,
        boolean tiled,
        boolean premultiplied,
        int orientation)
        implements PictureFile {
    static final int WHITE_IS_ZERO = 0;
    static final int BLACK_IS_ZERO = 1;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int INKS = 5;
    static final int LUMA = 6;

    static final int NONE = 1;
    static final int LZW = 5;
    static final int JPEG = 7;
    static final int DEFLATE = 8;
    static final int OLD_DEFLATE = 32946;
    static final int PACK_BITS = 32773;

    private static final Set<Integer> FAX = Set.of(2, 3, 4, 32771);
    private static final Set<Integer> OWN = Set.of(NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACK_BITS);
    private static final int MOST_SAMPLES = 16;
    private static final int REDUCED = 1;
    private static final int COLOUR_FILTER = 32803;
    private static final int LINEAR_RAW = 34892;

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

    /** @throws Damaged when it cannot be read, or not all of it is there */
    static Tiff read(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        TiffDirectory tags = TiffDirectory.read(file);
        int width = small(tags, TiffDirectory.WIDTH, 0);
        int height = small(tags, TiffDirectory.HEIGHT, 0);
        int samples = small(tags, TiffDirectory.SAMPLES, 1);
        int compression = small(tags, TiffDirectory.COMPRESSION, NONE);
        boolean tiled = tags.has(TiffDirectory.TILE_WIDTH) || tags.has(TiffDirectory.TILE_OFFSETS);
        int partWidth = tiled ? small(tags, TiffDirectory.TILE_WIDTH, 0) : width;
        int rows = (int) Math.min(height, tags.value(TiffDirectory.ROWS_PER_STRIP, height));
        int partHeight = tiled ? small(tags, TiffDirectory.TILE_HEIGHT, 0) : rows;
        if (width > 0 && height > 0 && (partWidth < 1 || partHeight < 1)) {
            throw new Damaged("damaged TIFF: its parts have no pixels");
        }
        int across = tiled && width > 0 ? (width - 1) / partWidth + 1 : 1;
        boolean premultiplied =
                samples > 1 && tags.has(TiffDirectory.EXTRA_SAMPLES) && tags.value(TiffDirectory.EXTRA_SAMPLES, 0) == 1;
        Tiff tiff = new Tiff(
                bytes,
                tags,
                width,
                height,
                bits(tags, samples),
                samples,
                small(tags, TiffDirectory.PHOTOMETRIC, samples >= 3 ? RGB : BLACK_IS_ZERO),
                compression,
                small(tags, TiffDirectory.PREDICTOR, 1),
                samples > 1 && tags.value(TiffDirectory.PLANES, 1) == 2,
                partWidth,
                partHeight,
                across,
                tiled,
                premultiplied,
                orientation(tags));
        tiff.requireReadable();
        tiff.requireParts(file);
        return tiff;
    }

    private static int small(TiffDirectory tags, int tag, int otherwise) throws Damaged {
        long value = tags.value(tag, otherwise);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new Damaged("damaged TIFF: " + value + " as its tag " + tag);
        }
        return (int) value;
    }

    private static int bits(TiffDirectory tags, int samples) throws Damaged {
        long bits = tags.value(TiffDirectory.BITS, 1);
        for (int i = 1; i < Math.min(MOST_SAMPLES, Math.min(samples, tags.count(TiffDirectory.BITS))); i++) {
            if (tags.value(TiffDirectory.BITS, i, bits) != bits) {
                throw refused("samples of unequal bits");
            }
        }
        if (bits > 16) {
            throw new Damaged("TIFF with samples of " + bits + " bits, which is not read: save it with 8 or 16");
        }
        return (int) bits;
    }

    private static int orientation(TiffDirectory tags) {
        long orientation = tags.value(TiffDirectory.ORIENTATION, 1);
        return orientation >= 1 && orientation <= 8 ? (int) orientation : 1;
    }

    /** Whether its pixels are read here; fax codes are left to the library. */
    boolean isOwn() {
        return OWN.contains(compression) && !(compression == JPEG && photometric == INKS);
    }

    private void requireReadable() throws Damaged {
        if (!OWN.contains(compression) && !FAX.contains(compression)) {
            throw refused(TiffNames.compression(compression));
        }
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw refused(samples + " samples for each pixel");
        }
        int needed = photometric == INKS ? 4 : photometric == RGB || photometric == LUMA ? 3 : 1;
        boolean grey = needed == 1;
        if (photometric > PALETTE && photometric != INKS && photometric != LUMA) {
            throw refused(TiffNames.photometric(photometric));
        }
        if (samples < needed || photometric == INKS && tags.value(TiffDirectory.INK_SET, 1) != 1) {
            throw refused(samples + " samples of inks other than cyan, magenta, yellow and black");
        }
        boolean fits = bits == 8
                || bits == 16 && photometric != PALETTE && photometric != LUMA
                || grey && samples == 1 && (bits == 1 || bits == 2 || bits == 4)
                || photometric < RGB && samples == 1 && bits == 12;
        if (!fits) {
            throw refused(TiffNames.photometric(photometric) + " in samples of " + bits + " bits");
        }
        if (tags.value(TiffDirectory.SAMPLE_FORMAT, 1) != 1) {
            throw refused(
                    tags.value(TiffDirectory.SAMPLE_FORMAT, 1) == 3 ? "floating-point samples" : "signed samples");
        }
        if (predictor != 1 && !(predictor == 2 && (bits == 8 || bits == 16))) {
            throw refused("predictor " + predictor + " at " + bits + " bits");
        }
        if (tags.value(TiffDirectory.FILL_ORDER, 1) == 2 && !FAX.contains(compression) && compression != NONE) {
            throw refused("bits in reverse");
        }
        if (premultiplied && grey) {
            throw refused("grey multiplied by alpha");
        }
        requireUnsampled();
    }

    private void requireUnsampled() throws Damaged {
        if (compression == JPEG) {
            boolean known = bits == 8
                    && (samples == 1 && photometric < RGB
                            || samples == 3 && (photometric == RGB || photometric == LUMA)
                            || samples == 4 && photometric == INKS && !tiled);
            if (!known || planar || photometric == WHITE_IS_ZERO) {
                throw refused(TiffNames.photometric(photometric) + " of " + samples + " samples in JPEG");
            }
        } else if (photometric == LUMA
                && (tags.value(TiffDirectory.SUBSAMPLING, 0, 2) != 1
                        || tags.value(TiffDirectory.SUBSAMPLING, 1, 2) != 1)) {
            throw refused("luma and subsampled chroma (YCbCr) without JPEG");
        }
    }

    private static Damaged refused(String kind) {
        return new Damaged("TIFF with " + kind + ", which is not read: save it as 8-bit RGB, uncompressed or LZW");
    }

    /** The strips or tiles of one plane. */
    long partsOfPlane() {
        return width < 1 || height < 1 ? 0 : across * ((height - 1) / partHeight + 1);
    }

    /** The tag of where the parts begin. */
    int offsetsTag() {
        return tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS;
    }

    /** The tag of how many bytes they have. */
    int lengthsTag() {
        return tiled ? TiffDirectory.TILE_LENGTHS : TiffDirectory.STRIP_LENGTHS;
    }

    private void requireParts(Bytes file) throws Damaged {
        long parts = partsOfPlane() * (planar ? samples : 1);
        if (tags.count(offsetsTag()) < parts) {
            throw new Damaged("damaged TIFF: " + tags.count(offsetsTag()) + " of its " + parts + " parts have a place");
        }
        for (long part = 0; part < parts; part++) {
            long start = tags.value(offsetsTag(), part, 0);
            // old writers left out how long a single strip is
            long length = tags.has(lengthsTag()) ? tags.value(lengthsTag(), part, 0) : file.length() - start;
            if (start < 0 || length < 0 || start + length > file.length() || start + length < 0) {
                throw new Damaged("truncated TIFF: " + file.length() + " bytes of " + (start + length));
            }
        }
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.TIFF;
    }

    @Override
    public DecodingMemory.Need need() {
        long pixels = width * height;
        long part = TiffPixels.partBytes(this) + 4L * partWidth * samples;
        long turned = orientation == 1 ? 0 : 3 * pixels;
        return isOwn()
                ? new DecodingMemory.Need(3 * pixels + turned + part + (compression == JPEG ? 3 * part : 0), 4 * part)
                : new DecodingMemory.Need(3 * pixels, 7 * pixels + bytes.length);
    }

    @Override
    public Image decode() throws IOException {
        boolean lies = orientation >= 5;
        return isOwn() ? TiffPixels.decode(this) : OpenCv.decode(bytes, lies ? height : width, lies ? width : height);
    }
}
