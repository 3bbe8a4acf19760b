package io.juxta.image;

/**
 * What an image file says of itself before any pixel is decoded: format and size, and whether the file is all there.
 * The decoders below are lenient: some return a picture that is grey from where the file breaks off.
 *
 * @param components of a pixel in a JPEG or TIFF; 0 for the other formats
 * @param inks whether those of a TIFF are cyan, magenta, yellow and black
 */
record Header(ImageFormat format, long width, long height, int components, boolean inks) {
    Header(ImageFormat format, long width, long height, int components) {
        this(format, width, height, components, false);
    }

    private static final String NO_IMAGE = "not an image (JPEG, PNG, WebP, BMP, TIFF, GIF or PPM)";

    /** A file that is no image of a known format, or not all of one; the message is a clause without the file's name. */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    static Header parse(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        try {
            return switch (ImageFormat.of(bytes).orElseThrow(() -> noImage(bytes))) {
                case JPEG -> jpeg(file);
                case PNG -> png(file);
                case WEBP -> webp(file);
                case BMP -> bmp(file);
                case GIF -> gif(file);
                case TIFF -> new Tiff(file).header();
                case PPM -> new Pnm(bytes).header();
            };
        } catch (IndexOutOfBoundsException e) {
            throw new Damaged("truncated after " + bytes.length + " bytes");
        }
    }

    private static Damaged noImage(byte[] bytes) {
        return new Damaged(ForeignFormat.of(bytes).map(ForeignFormat::refusal).orElse(NO_IMAGE));
    }

    private static Header jpeg(Bytes file) throws Damaged {
        long width = 0;
        long height = 0;
        int components = 0;
        int at = 2;
        while (true) {
            if (file.u8(at) != 0xff) {
                throw new Damaged("damaged JPEG: no marker at byte " + at);
            }
            int marker = file.u8(at + 1);
            if (marker == 0xff) {
                at++;
            } else if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                at += 2;
            } else if (marker == 0xd9) {
                throw new Damaged("damaged JPEG: it ends before its picture begins");
            } else if (marker == 0xda) {
                break;
            } else {
                if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                    height = file.u16(at + 5);
                    width = file.u16(at + 7);
                    components = file.u8(at + 9);
                }
                at += 2 + file.u16(at + 2);
            }
        }
        requireEndOfJpeg(file, at);
        return new Header(ImageFormat.JPEG, width, height, components);
    }

    /** From the first scan on: whole files end with the end marker, or have it before something appended. */
    private static void requireEndOfJpeg(Bytes file, int firstScan) throws Damaged {
        int length = file.length();
        if (firstScan + 4 <= length && file.u8(length - 2) == 0xff && file.u8(length - 1) == 0xd9) {
            return;
        }
        try {
            int at = firstScan;
            while (true) {
                int marker = file.u8(at) == 0xff ? file.u8(at + 1) : 0;
                if (marker == 0xd9) {
                    return;
                }
                boolean segment = marker >= 0xc0 && marker != 0xff && !(marker >= 0xd0 && marker <= 0xd7);
                at += segment ? 2 + file.u16(at + 2) : marker == 0xff ? 1 : marker != 0 ? 2 : 1;
            }
        } catch (IndexOutOfBoundsException e) {
            throw new Damaged("truncated JPEG: its end marker is missing");
        }
    }

    private static Header png(Bytes file) throws Damaged {
        if (!file.starts(12, "IHDR")) {
            throw new Damaged("damaged PNG: it does not begin with its header");
        }
        long at = 8;
        while (!file.starts(at + 4, "IEND")) {
            at += 12 + file.u32(at);
        }
        file.u32(at + 8);
        return new Header(ImageFormat.PNG, file.u32(16), file.u32(20), 0);
    }

    private static Header webp(Bytes file) throws Damaged {
        if (8 + file.u32le(4) > file.length()) {
            throw new Damaged("truncated WebP: " + file.length() + " bytes of " + (8 + file.u32le(4)));
        }
        if (file.starts(12, "VP8X")) {
            long width = 1 + (file.u32le(24) & 0xffffff);
            long height = 1L + (file.u16le(27) | file.u8(29) << 16);
            return new Header(ImageFormat.WEBP, width, height, 0);
        }
        if (file.starts(12, "VP8L")) {
            long sizes = file.u32le(21);
            return new Header(ImageFormat.WEBP, 1 + (sizes & 0x3fff), 1 + (sizes >> 14 & 0x3fff), 0);
        }
        return new Header(ImageFormat.WEBP, file.u16le(26) & 0x3fff, file.u16le(28) & 0x3fff, 0);
    }

    private static Header bmp(Bytes file) throws Damaged {
        boolean old = file.u32le(14) == 12;
        long width = old ? file.u16le(18) : (int) file.u32le(18);
        // rows from the top have a negative height
        long height = Math.abs(old ? file.u16le(20) : (int) file.u32le(22));
        int bits = old ? file.u16le(24) : file.u16le(28);
        boolean packed = !old && (file.u32le(30) == 1 || file.u32le(30) == 2);
        long needed = file.u32le(10) + (packed ? 0 : (width * bits + 31) / 32 * 4 * height);
        if (width > 0 && needed > file.length()) {
            throw new Damaged("truncated BMP: " + file.length() + " bytes of " + needed);
        }
        return new Header(ImageFormat.BMP, width, height, 0);
    }

    /** Walks to the trailer: the decoder would complain on the standard error stream of a file without. */
    private static Header gif(Bytes file) throws Damaged {
        int flags = file.u8(10);
        int at = 13 + ((flags & 0x80) != 0 ? 6 << (flags & 7) : 0);
        while (file.u8(at) != 0x3b) {
            int kind = file.u8(at);
            if (kind == 0x21) {
                at = afterBlocks(file, at + 2);
            } else if (kind == 0x2c) {
                int local = file.u8(at + 9);
                at = afterBlocks(file, at + 11 + ((local & 0x80) != 0 ? 6 << (local & 7) : 0));
            } else {
                throw new Damaged("damaged GIF: no block at byte " + at);
            }
        }
        return new Header(ImageFormat.GIF, file.u16le(6), file.u16le(8), 0);
    }

    static int afterBlocks(Bytes file, int start) {
        int at = start;
        while (file.u8(at) != 0) {
            at += 1 + file.u8(at);
        }
        return at + 1;
    }
}
