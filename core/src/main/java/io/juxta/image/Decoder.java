package io.juxta.image;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apiguardian.api.API;

/**
 * Reads image files as {@code PIL.Image.open(...).convert("RGB")} does. JPEG, PNG, WebP, BMP, TIFF, PPM and the first
 * frame of a GIF, told apart by their content and not by their name; an EXIF orientation is ignored unless asked for,
 * transparency is dropped.
 * The one difference is meant: of 16-bit grey the upper byte is taken, where Pillow cuts every value above 255 to white.
 * Safe for use by many threads at once.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Decoder {
    /** Pillow's limit, beyond which it takes a file for a decompression bomb. */
    public static final long MAX_PIXELS = 178_956_970;

    private Decoder() {}

    /**
     * Reads and decodes a file.
     *
     * @throws UnreadableImageException naming the file and the cause
     */
    public static Image read(Path file) throws UnreadableImageException {
        return read(file, Orientation.IGNORE);
    }

    /**
     * Reads and decodes a file.
     *
     * @throws UnreadableImageException naming the file and the cause
     */
    public static Image read(Path file, Orientation orientation) throws UnreadableImageException {
        return decode(bytes(file), file.toString(), orientation);
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
     * @throws UnreadableImageException as {@link #decode(byte[], String)}
     */
    public static Image decodeUpright(byte[] bytes, String name) throws UnreadableImageException {
        return decode(bytes, name, Orientation.CAMERA);
    }

    /**
     * Decodes a file's bytes as they are stored.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException when the bytes are none, no image of a known format, not all of one, an image of
     *     more than {@link #MAX_PIXELS}, or one that would take more memory than there is ({@link DecodingMemory})
     */
    public static Image decode(byte[] bytes, String name) throws UnreadableImageException {
        return decode(bytes, name, Orientation.IGNORE);
    }

    /**
     * Decodes a file's bytes.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException as {@link #decode(byte[], String)}
     */
    public static Image decode(byte[] bytes, String name, Orientation orientation) throws UnreadableImageException {
        return decode(parsed(bytes, name), bytes, name, orientation);
    }

    /**
     * Decodes a file's bytes, and shrinks the picture where more than enough is left of it. A large JPEG is not decoded in full:
     * its own scaling leaves at least twice the size that is wanted, and the filter does the rest.
     *
     * @param name what the message of an exception calls the image
     * @param enough what suffices of the picture
     * @throws UnreadableImageException as {@link #decode(byte[], String)}
     */
    public static Image decode(byte[] bytes, String name, Orientation orientation, SufficientSize enough)
            throws UnreadableImageException {
        PictureFile file = parsed(bytes, name);
        long width = file.width();
        long height = file.height();
        if (Math.min(width, height) < 1 || !enough.shrinks(width, height)) {
            return decode(file, bytes, name, orientation);
        }
        requireWithinLimit(file, name);
        int newWidth = enough.shrunk(width, width, height);
        int newHeight = enough.shrunk(height, width, height);
        int divisor = Math.min(SufficientSize.divisor(width, newWidth), SufficientSize.divisor(height, newHeight));
        PictureFile read = file.reduced(divisor);
        Image image = decode(read, bytes, name, Orientation.IGNORE);
        boolean wholly = read == file;
        boolean lies = wholly && image.width() != width; // as a TIFF may
        Frame part = wholly ? Frame.whole(image) : Frame.ofReduced(width, height, divisor, 1);
        Image shrunk = new Resizer().bilinear(image, part, lies ? newHeight : newWidth, lies ? newWidth : newHeight);
        return Exif.upright(shrunk, orientation == Orientation.CAMERA ? Exif.orientation(bytes) : 1);
    }

    /** Decodes a file that is a JPEG at a part of its sides, as {@link PictureFile#reduced} says, and turns it. */
    static Image decodeUpright(byte[] bytes, String name, int divisor) throws UnreadableImageException {
        PictureFile file = parsed(bytes, name);
        requireWithinLimit(file, name);
        return decode(file.reduced(divisor), bytes, name, Orientation.CAMERA);
    }

    private static void requireWithinLimit(PictureFile file, String name) throws UnreadableImageException {
        if (file.width() > MAX_PIXELS || file.height() > MAX_PIXELS || file.width() * file.height() > MAX_PIXELS) {
            throw new UnreadableImageException(name + ": " + file.width() + " x " + file.height()
                    + " pixels are more than the limit of " + MAX_PIXELS + "; shrink it");
        }
    }

    private static Image decode(PictureFile file, byte[] bytes, String name, Orientation orientation)
            throws UnreadableImageException {
        if (file.width() < 1 || file.height() < 1) {
            throw new UnreadableImageException(name + ": damaged " + file.format() + ": it says it has no pixels");
        }
        long pixels = file.width() * file.height();
        requireWithinLimit(file, name);
        int turn = orientation == Orientation.CAMERA ? Exif.orientation(bytes) : 1;
        DecodingMemory.Need need = file.need();
        if (turn != 1) {
            need = new DecodingMemory.Need(need.heap() + 3 * pixels, need.outside());
        }
        String refusal = DecodingMemory.PROCESS.refusal(need);
        if (refusal != null) {
            throw new UnreadableImageException(
                    name + ": " + file.format() + " of " + file.width() + " x " + file.height() + " needs " + refusal);
        }
        DecodingMemory.PROCESS.take(need);
        long kept = 0;
        try {
            Image image = Exif.upright(file.decode(), turn);
            kept = image.rgb().length;
            return image;
        } catch (IOException | RuntimeException e) {
            // the decoders' own exceptions
            String why = firstLine(e);
            throw new UnreadableImageException(
                    name + ": damaged " + file.format() + (why.isEmpty() ? "" : " (" + why + ")"));
        } catch (OutOfMemoryError e) {
            throw new UnreadableImageException(name + ": " + file.format() + " of " + file.width() + " x "
                    + file.height() + " needs more memory than is left: shrink it, or give Java more (-Xmx)");
        } finally {
            DecodingMemory.PROCESS.decoded(need, kept);
        }
    }

    /**
     * How many pixels a file says it has, without decoding it: what a service looks at before it does.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException when the bytes are none, or no image of a known format
     */
    public static long pixels(byte[] bytes, String name) throws UnreadableImageException {
        PictureFile file = parsed(bytes, name);
        return Math.max(0, file.width()) * Math.max(0, file.height());
    }

    static PictureFile parsed(byte[] bytes, String name) throws UnreadableImageException {
        if (bytes.length == 0) {
            throw new UnreadableImageException(name + ": empty file");
        }
        try {
            return PictureFile.parse(bytes);
        } catch (Damaged e) {
            throw new UnreadableImageException(name + ": " + e.getMessage());
        }
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
