package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;

import org.apiguardian.api.API;

/** Writes pictures as JPEG, which takes less room and loses a little. */
@API(status = API.Status.INTERNAL)
public final class Jpeg {
    /** What most programs take for good quality. */
    public static final int QUALITY = 95;

    private Jpeg() {}

    /**
     * The bytes of a file.
     *
     * @param quality 1 (smallest) to 100 (best); {@link #QUALITY}
     * @throws IllegalArgumentException when the quality is none
     */
    public static byte[] encode(Image image, int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("a JPEG quality of " + quality + " is not within 1 to 100");
        }
        return Encoding.encode(image, ".jpg", IMWRITE_JPEG_QUALITY, quality);
    }
}
