package io.juxta.image;

import java.io.IOException;

/**
 * A picture's file of which the header is read and no pixel decoded: format and size, whether the file is all there, and
 * what decoding will take. The decoders below are lenient: some return a picture that is grey from where the file breaks
 * off.
 */
interface PictureFile {
    ImageFormat format();

    /** In pixels, as stored. */
    long width();

    long height();

    /** The bytes that {@link #decode} allocates. The sizes are known to be within the decoder's limits. */
    DecodingMemory.Need need();

    /** The picture, of the size that the header says but for a TIFF that lies on its side. */
    Image decode() throws IOException;

    /**
     * The same file, read at a part of its sides where its format can do that, each rounded up; otherwise as it is.
     *
     * @param divisor 1, 2, 4 or 8
     */
    default PictureFile reduced(int divisor) {
        return this;
    }

    /** @throws Damaged when it is no picture of a known format, not all of one, or of a kind that is not read */
    static PictureFile parse(byte[] bytes) throws Damaged {
        try {
            return switch (ImageFormat.of(bytes).orElseThrow(() -> noImage(bytes))) {
                case JPEG -> JpegFile.read(bytes);
                case PNG -> PngFile.read(bytes);
                case WEBP -> WebpFile.read(bytes);
                case BMP -> BmpFile.read(bytes);
                case GIF -> GifFile.read(bytes);
                case TIFF -> Tiff.read(bytes);
                case PPM -> Pnm.read(bytes);
            };
        } catch (IndexOutOfBoundsException e) {
            throw new Damaged("truncated after " + bytes.length + " bytes");
        }
    }

    private static Damaged noImage(byte[] bytes) {
        return new Damaged(ForeignFormat.of(bytes)
                .map(ForeignFormat::refusal)
                .orElse("not an image (JPEG, PNG, WebP, BMP, TIFF, GIF or PPM)"));
    }
}
