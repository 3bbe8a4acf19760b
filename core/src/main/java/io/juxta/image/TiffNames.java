package io.juxta.image;

/** What people call the kinds of TIFF files. */
final class TiffNames {
    private TiffNames() {}

    static String compression(int code) {
        return switch (code) {
            case 6 -> "JPEG compression of the old style";
            case 32766, 32809, 32908 -> "compression of an old program (" + code + ")";
            case 33003, 33005, 34712 -> "JPEG 2000 compression";
            case 34676, 34677 -> "SGI's logarithmic compression";
            case 34661, 34663 -> "JBIG compression";
            case 34887 -> "LERC compression";
            case 34892 -> "lossy raw compression";
            case 34925 -> "LZMA compression";
            case 50000 -> "ZSTD compression";
            case 50001 -> "WebP compression";
            case 52546 -> "JPEG XL compression";
            default -> "compression of kind " + code;
        };
    }

    static String photometric(int code) {
        return switch (code) {
            case 0, 1 -> "grey";
            case 2 -> "RGB";
            case 3 -> "a palette";
            case 4 -> "a mask instead of a picture";
            case 5 -> "four inks (CMYK)";
            case 6 -> "luma and chroma (YCbCr)";
            case 8, 9, 10 -> "Lab colours";
            case 32844, 32845 -> "logarithmic colours (LogLuv)";
            default -> "colours of kind " + code;
        };
    }
}
