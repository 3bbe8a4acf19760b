package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.juxta.natives.Natives;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/** OpenCV's writers. */
final class Encoding {
    static {
        Natives.opencv();
    }

    private Encoding() {}

    /** The bytes of a file; the parameters are pairs of OpenCV's. */
    static byte[] encode(Image image, String extension, int... parameters) {
        byte[] rgb = image.rgb();
        byte[] bgr = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return encode(bgr, CV_8UC3, image, extension, parameters);
    }

    /** @param alpha a byte for each pixel, 255 where it is opaque */
    static byte[] encode(Image image, byte[] alpha, String extension) {
        byte[] rgb = image.rgb();
        byte[] bgra = new byte[4 * alpha.length];
        for (int i = 0; i < alpha.length; i++) {
            bgra[4 * i] = rgb[3 * i + 2];
            bgra[4 * i + 1] = rgb[3 * i + 1];
            bgra[4 * i + 2] = rgb[3 * i];
            bgra[4 * i + 3] = alpha[i];
        }
        return encode(bgra, CV_8UC4, image, extension);
    }

    @SuppressWarnings("try") // the scope frees what is made inside it, and is never named
    private static byte[] encode(byte[] values, int type, Image image, String extension, int... parameters) {
        try (PointerScope scope = new PointerScope()) {
            Mat pixels = new Mat(image.height(), image.width(), type, new BytePointer(values));
            BytePointer file = new BytePointer();
            if (!imencode(extension, pixels, file, new IntPointer(parameters))) {
                throw new IllegalStateException(
                        "cannot encode an image of " + image.width() + " x " + image.height() + " pixels");
            }
            byte[] bytes = new byte[Math.toIntExact(file.limit())];
            file.get(bytes);
            return bytes;
        }
    }
}
