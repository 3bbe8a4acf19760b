package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import io.juxta.natives.Natives;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** How opaque each pixel of a picture is, 0 to 255. */
final class Transparency {
    static {
        Natives.require();
    }

    private Transparency() {}

    /**
     * A byte for each pixel, turned as the picture was; null where it is of a kind that is not read.
     *
     * @param image what the file was decoded to
     * @param turn that was made of it, 1 to 8
     */
    static byte @Nullable [] of(byte[] bytes, ImageFormat format, Image image, int turn) {
        if (format != ImageFormat.PNG && format != ImageFormat.WEBP) {
            return null;
        }
        long pixels = (long) image.width() * image.height();
        DecodingMemory.Need need = new DecodingMemory.Need(5 * pixels, 24 * pixels + bytes.length);
        DecodingMemory.PROCESS.take(need);
        try {
            byte[] alpha = alpha(format == ImageFormat.PNG ? PngFile.transparent(bytes) : bytes, image);
            boolean lies = turn >= 5;
            int width = lies ? image.height() : image.width();
            return alpha == null ? null : turned(alpha, width, lies ? image.width() : image.height(), turn);
        } finally {
            DecodingMemory.PROCESS.decoded(need, 0);
        }
    }

    @SuppressWarnings("try") // the scope frees what is made inside it, and is never named
    private static byte @Nullable [] alpha(byte[] bytes, Image image) {
        try (PointerScope scope = new PointerScope()) {
            Mat file = new Mat(1, bytes.length, CV_8UC1, new BytePointer(bytes));
            Mat pixels = imdecode(file, IMREAD_UNCHANGED | IMREAD_IGNORE_ORIENTATION);
            if (pixels.empty() || pixels.channels() != 4 || pixels.total() * 3 != image.rgb().length) {
                return null;
            }
            Mat plane = new Mat();
            extractChannel(pixels, plane, 3);
            int size = (int) plane.elemSize();
            byte[] values = new byte[(int) plane.total() * size];
            plane.data().get(values);
            if (size == 2) {
                // of 16 bits the upper eight count, as of colours
                int high = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
                for (int i = 0; i < values.length / 2; i++) {
                    values[i] = values[2 * i + high];
                }
                return Arrays.copyOf(values, values.length / 2);
            }
            return values;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static byte[] turned(byte[] values, int width, int height, int turn) {
        byte[] rgb = new byte[3 * values.length];
        for (int i = 0; i < values.length; i++) {
            rgb[3 * i] = values[i];
        }
        byte[] turned = Exif.upright(new Image(width, height, rgb), turn).rgb();
        for (int i = 0; i < values.length; i++) {
            values[i] = turned[3 * i];
        }
        return values;
    }
}
