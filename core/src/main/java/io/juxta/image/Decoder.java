package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import io.juxta.natives.Natives;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads image files as {@code PIL.Image.open(...).convert("RGB")} does. JPEG, PNG, WebP, BMP, TIFF, PPM and the first
 * frame of a GIF, told apart by their content and not by their name; an EXIF orientation is ignored unless asked for,
 * transparency is dropped.
 * The one difference is meant: of 16-bit grey the upper byte is taken, where Pillow cuts every value above 255 to white.
 * Safe for use by many threads at once.
 */
public final class Decoder {
    /** Pillow's limit, beyond which it takes a file for a decompression bomb. */
    public static final long MAX_PIXELS = 178_956_970;

    static {
        Natives.require();
        // the loader has its own threads
        setNumThreads(1);
    }

    private Decoder() {}

    /**
     * Reads and decodes a file.
     *
     * @throws UnreadableImageException naming the file and the cause
     */
    public static Image read(Path file) throws UnreadableImageException {
        return decode(bytes(file), file.toString());
    }

    /**
     * Reads a file whole, without decoding it.
     *
     * @throws UnreadableImageException naming the file and the cause
     */
    public static byte[] bytes(Path file) throws UnreadableImageException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UnreadableImageException(file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new UnreadableImageException(file + ": permission denied");
        } catch (IOException e) {
            throw new UnreadableImageException(
                    file + ": cannot be read (" + (Files.isDirectory(file) ? "it is a directory" : e) + ")");
        } catch (OutOfMemoryError e) {
            throw new UnreadableImageException(file + ": larger than 2 GiB, or than the memory left");
        }
    }

    /**
     * Decodes a file's bytes and turns the picture as its EXIF orientation says, so that it is seen as cameras mean it:
     * Pillow's {@code ImageOps.exif_transpose}. The orientation is looked for in JPEG, PNG and WebP.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException as {@link #decode}
     */
    public static Image decodeUpright(byte[] bytes, String name) throws UnreadableImageException {
        Image image = decode(bytes, name);
        return Exif.upright(image, Exif.orientation(bytes));
    }

    /**
     * Decodes a file's bytes.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException when the bytes are none, no image of a known format, not all of one, or an image
     *     of more than {@link #MAX_PIXELS}
     */
    public static Image decode(byte[] bytes, String name) throws UnreadableImageException {
        Header header = header(bytes, name);
        if (header.width() < 1 || header.height() < 1) {
            throw new UnreadableImageException(name + ": damaged " + header.format() + ": it says it has no pixels");
        }
        if (header.width() * header.height() > MAX_PIXELS) {
            throw new UnreadableImageException(name + ": " + header.width() + " x " + header.height()
                    + " pixels are more than the limit of " + MAX_PIXELS + "; shrink it");
        }
        try {
            Image special = Uncommon.decode(bytes, header);
            return special == null ? decodeCommon(bytes, name, header) : special;
        } catch (IOException | RuntimeException e) {
            if (e instanceof UnreadableImageException unreadable) {
                throw unreadable;
            }
            // the decoders' own exceptions
            throw new UnreadableImageException(name + ": damaged " + header.format() + " (" + firstLine(e) + ")");
        }
    }

    /**
     * How many pixels a file says it has, without decoding it: what a service looks at before it does.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException when the bytes are none, or no image of a known format
     */
    public static long pixels(byte[] bytes, String name) throws UnreadableImageException {
        Header header = header(bytes, name);
        return Math.max(0, header.width()) * Math.max(0, header.height());
    }

    private static Header header(byte[] bytes, String name) throws UnreadableImageException {
        if (bytes.length == 0) {
            throw new UnreadableImageException(name + ": empty file");
        }
        try {
            return Header.parse(bytes);
        } catch (Header.Damaged e) {
            throw new UnreadableImageException(name + ": " + e.getMessage());
        }
    }

    @SuppressWarnings("try") // the scope frees what is made inside it, and is never named
    private static Image decodeCommon(byte[] bytes, String name, Header header) throws UnreadableImageException {
        try (PointerScope scope = new PointerScope()) {
            byte[] readable =
                    switch (header.format()) {
                        case GIF -> Uncommon.opaque(bytes);
                        case PNG -> Uncommon.withoutProfile(bytes);
                        default -> bytes;
                    };
            Mat file = new Mat(1, readable.length, CV_8UC1, new BytePointer(readable));
            Mat pixels = imdecode(file, IMREAD_COLOR_RGB | IMREAD_IGNORE_ORIENTATION);
            if (pixels.empty()) {
                throw new UnreadableImageException(name + ": damaged " + header.format());
            }
            byte[] rgb = new byte[3 * pixels.cols() * pixels.rows()];
            pixels.data().get(rgb);
            return new Image(pixels.cols(), pixels.rows(), rgb);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
