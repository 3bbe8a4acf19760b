package io.juxta.image;

import java.io.IOException;
import java.util.Arrays;

/** A PNG file. */
record PngFile(byte[] bytes, long width, long height) implements PictureFile {
    static PngFile read(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        if (!file.starts(12, "IHDR") || file.u32(8) != 13) {
            throw new Damaged("damaged PNG: it does not begin with its header");
        }
        long at = 33;
        while (!file.starts(at + 4, "IEND")) {
            if (file.starts(at + 4, "IHDR")) {
                throw new Damaged("damaged PNG: its header stands twice");
            }
            at += 12 + file.u32(at);
        }
        file.u32(at + 8);
        return new PngFile(bytes, file.u32(16), file.u32(20));
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.PNG;
    }

    /** Rows are decoded into their place; one copy of the file is without its profile, another is the decoder's. */
    @Override
    public DecodingMemory.Need need() {
        long pixels = width * height;
        return new DecodingMemory.Need(3 * pixels + bytes.length, 3 * pixels + bytes.length);
    }

    @Override
    public Image decode() throws IOException {
        return OpenCv.decode(critical(bytes), width, height);
    }

    /**
     * A PNG of the chunks alone that make its pixels: nothing is made of profiles, texts, transparency and the later
     * pictures of an animation, and the decoder would unpack them, and complain of slight faults in them on the standard
     * error stream, image by image.
     */
    static byte[] critical(byte[] png) {
        return without(png, false);
    }

    /** The same with its transparency. */
    static byte[] transparent(byte[] png) {
        return without(png, true);
    }

    private static byte[] without(byte[] png, boolean keepsTransparency) {
        Bytes file = new Bytes(png);
        byte[] kept = png;
        int to = 8;
        for (int at = 8; ; ) {
            int length = 12 + (int) file.u32(at);
            boolean end = file.starts(at + 4, "IEND");
            // a small first letter says that a picture can be shown without the chunk
            boolean critical = (png[at + 4] & 0x20) == 0 || keepsTransparency && file.starts(at + 4, "tRNS");
            if (!critical && kept == png) {
                kept = png.clone();
            }
            if (critical) {
                if (kept != png) {
                    System.arraycopy(png, at, kept, to, length);
                }
                to += length;
            }
            at += length;
            if (end) {
                return kept == png ? png : Arrays.copyOf(kept, to);
            }
        }
    }
}
