package io.juxta.image;

/** How a camera was held, from the EXIF data in a file. */
final class Exif {
    private static final int ORIENTATION = 0x112;

    private Exif() {}

    /**
     * The orientation that a file states: 1 (upright) to 8.
     *
     * @param bytes of a file that can be decoded; 1 where it states none, or anything else
     */
    static int orientation(byte[] bytes) {
        Bytes file = new Bytes(bytes);
        try {
            long tiff = tiff(file, ImageFormat.of(bytes).orElse(ImageFormat.BMP));
            int orientation = tiff < 0 ? 1 : inDirectory(file, tiff);
            return orientation >= 1 && orientation <= 8 ? orientation : 1;
        } catch (IndexOutOfBoundsException e) {
            // what is said of a picture may be damaged though the picture is not
            return 1;
        }
    }

    /** Where the EXIF data begin, or -1. */
    private static long tiff(Bytes file, ImageFormat format) {
        switch (format) {
            case JPEG -> {
                for (long at = 2; file.u8(at + 1) != 0xda; at += file.u8(at + 1) == 0xff ? 1 : 2 + file.u16(at + 2)) {
                    if (file.u8(at + 1) == 0xe1 && file.starts(at + 4, "Exif\0\0")) {
                        return at + 10;
                    }
                }
            }
            case PNG -> {
                for (long at = 8; !file.starts(at + 4, "IEND"); at += 12 + file.u32(at)) {
                    if (file.starts(at + 4, "eXIf")) {
                        return at + 8;
                    }
                }
            }
            case WEBP -> {
                for (long at = 12; at + 8 <= file.length(); at += 8 + (file.u32le(at + 4) + 1 & ~1L)) {
                    if (file.starts(at, "EXIF")) {
                        return at + (file.starts(at + 8, "Exif\0\0") ? 14 : 8);
                    }
                }
            }
            default -> {}
        }
        return -1;
    }

    private static int inDirectory(Bytes file, long tiff) {
        boolean little = file.starts(tiff, "II");
        long directory = tiff + (little ? file.u32le(tiff + 4) : file.u32(tiff + 4));
        int entries = little ? file.u16le(directory) : file.u16(directory);
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if ((little ? file.u16le(entry) : file.u16(entry)) == ORIENTATION) {
                return little ? file.u16le(entry + 8) : file.u16(entry + 8);
            }
        }
        return 1;
    }

    /** The picture turned and mirrored so that it stands upright; the picture itself where it does. */
    static Image upright(Image image, int orientation) {
        if (orientation == 1) {
            return image;
        }
        int width = image.width();
        int height = image.height();
        boolean turned = orientation >= 5;
        int newWidth = turned ? height : width;
        int newHeight = turned ? width : height;
        byte[] rgb = new byte[image.rgb().length];
        for (int y = 0, to = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++, to += 3) {
                int fromX = turned ? y : x;
                int fromY = turned ? x : y;
                // as stored, the first column is on the right (2, 3, 7, 8) or the first row at the bottom (3, 4, 6, 7)
                if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
                    fromX = width - 1 - fromX;
                }
                if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
                    fromY = height - 1 - fromY;
                }
                System.arraycopy(image.rgb(), 3 * (fromY * width + fromX), rgb, to, 3);
            }
        }
        return new Image(newWidth, newHeight, rgb);
    }
}
