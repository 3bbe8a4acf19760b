package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import io.juxta.natives.Natives;
import java.io.IOException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/** OpenCV's readers, for the kinds of files of which they give the pixels that Pillow gives. */
final class OpenCv {
    static {
        Natives.opencv();
        // the loader has its own threads
        setNumThreads(1);
    }

    private OpenCv() {}

    /**
     * Decodes a file.
     *
     * @throws IOException when it is damaged, or is not of the size that its header says
     */
    static Image decode(byte[] bytes, long width, long height) throws IOException {
        return decode(bytes, 0, width, height);
    }

    /**
     * Decodes a JPEG at a part of its size, by the scaling of libjpeg.
     *
     * @param divisor 2, 4 or 8
     * @throws IOException when it is damaged, or does not come out at the size that is said
     */
    static Image reduced(byte[] bytes, int divisor, long width, long height) throws IOException {
        // their bits alone say the part: those of colour would ask for blue first
        int flag =
                switch (divisor) {
                    case 2 -> IMREAD_REDUCED_GRAYSCALE_2;
                    case 4 -> IMREAD_REDUCED_GRAYSCALE_4;
                    case 8 -> IMREAD_REDUCED_GRAYSCALE_8;
                    default -> throw new IllegalArgumentException("a JPEG is not read at a part of 1/" + divisor);
                };
        return decode(bytes, flag, width, height);
    }

    @SuppressWarnings("try") // the scope frees what is made inside it, and is never named
    private static Image decode(byte[] bytes, int more, long width, long height) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Mat file = new Mat(1, bytes.length, CV_8UC1, new BytePointer(bytes));
            Mat pixels = imdecode(file, IMREAD_COLOR_RGB | IMREAD_IGNORE_ORIENTATION | more);
            if (pixels.empty()) {
                throw new IOException("");
            }
            if (pixels.cols() != width || pixels.rows() != height) {
                throw new IOException("it says " + width + " x " + height + " pixels and has " + pixels.cols() + " x "
                        + pixels.rows());
            }
            byte[] rgb = new byte[3 * pixels.cols() * pixels.rows()];
            pixels.data().get(rgb);
            return new Image(pixels.cols(), pixels.rows(), rgb);
        }
    }
}
