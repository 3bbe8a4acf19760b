package io.juxta.image;

import org.apiguardian.api.API;

/**
 * What a picture's file says of itself, with no pixel decoded.
 *
 * @param format by its first bytes, whatever it is called
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param orientation by EXIF: 1 (upright) to 8, above 4 where width and height change places
 */
@API(status = API.Status.INTERNAL)
public record PictureHeader(ImageFormat format, long width, long height, int orientation) {
    /**
     * Reads a header.
     *
     * @param name what the message of an exception calls the picture
     * @throws UnreadableImageException when the bytes are none, no picture, or not all of one
     */
    public static PictureHeader of(byte[] bytes, String name) throws UnreadableImageException {
        PictureFile file = Decoder.parsed(bytes, name);
        return new PictureHeader(file.format(), file.width(), file.height(), Exif.orientation(bytes));
    }
}
