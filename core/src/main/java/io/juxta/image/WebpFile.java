package io.juxta.image;

import java.io.IOException;

/** A WebP file, lossy, lossless or moving; of a moving one the first picture is read. */
record WebpFile(byte[] bytes, long width, long height) implements PictureFile {
    /** The decoder's planes, two canvases of a moving picture, and the picture with and without transparency. */
    private static final int BYTES_OF_PIXEL = 16;

    static WebpFile read(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        if (8 + file.u32le(4) > file.length()) {
            throw new Damaged("truncated WebP: " + file.length() + " bytes of " + (8 + file.u32le(4)));
        }
        if (file.starts(12, "VP8X")) {
            long width = 1 + (file.u32le(24) & 0xffffff);
            return new WebpFile(bytes, width, 1L + (file.u16le(27) | file.u8(29) << 16));
        }
        if (file.starts(12, "VP8L")) {
            long sizes = file.u32le(21);
            return new WebpFile(bytes, 1 + (sizes & 0x3fff), 1 + (sizes >> 14 & 0x3fff));
        }
        return new WebpFile(bytes, file.u16le(26) & 0x3fff, file.u16le(28) & 0x3fff);
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.WEBP;
    }

    @Override
    public DecodingMemory.Need need() {
        long pixels = width * height;
        return new DecodingMemory.Need(3 * pixels, BYTES_OF_PIXEL * pixels + bytes.length);
    }

    @Override
    public Image decode() throws IOException {
        return OpenCv.decode(bytes, width, height);
    }
}
