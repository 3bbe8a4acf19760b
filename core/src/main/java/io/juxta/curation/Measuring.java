package io.juxta.curation;

import io.juxta.curation.Measures.Fault;
import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import io.juxta.data.ImageFolder;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.image.PictureHeader;
import io.juxta.image.Resizer;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apiguardian.api.API;

/** Measures pictures one by one. Safe for use by many threads at once. */
@API(status = API.Status.EXPERIMENTAL)
public final class Measuring {
    /** The longer side of what light, sharpness, information and colour are measured of, in pixels. */
    public static final int SIDE = 256;

    private static final int DIGEST = 16;

    private Measuring() {}

    /** Measures one picture; what cannot be read has a fault, and is no exception. */
    public static Measures of(Dataset images, int index) {
        FileState state = images.fileState(index).orElse(new FileState(0, 0, FileState.UNREAD));
        try {
            return images instanceof ImageFolder folder
                    ? ofFile(folder, index, state)
                    : ofPixels(images.name(index), images.image(index), state, "", 1, "");
        } catch (UnreadableImageException e) {
            return failed(images, index, state, Fault.UNREADABLE, String.valueOf(e.getMessage()), "");
        }
    }

    private static Measures failed(
            Dataset images, int index, FileState state, Fault fault, String message, String digest) {
        String source = images.source(index) + ": ";
        String why = message.startsWith(source) ? message.substring(source.length()) : message;
        return Measures.failed(images.name(index), state.size(), state.modified(), fault, why, digest);
    }

    private static Measures ofFile(ImageFolder folder, int index, FileState state) throws UnreadableImageException {
        String changed = changed(folder, index, state);
        if (!changed.isEmpty()) {
            return failed(folder, index, state, Fault.CHANGED, changed, "");
        }
        byte[] bytes = Decoder.bytes(folder.file(index));
        if (bytes.length == 0) {
            return failed(folder, index, state, Fault.EMPTY, "the file has no bytes", "");
        }
        String digest = hex(sha256().digest(bytes));
        try {
            PictureHeader header = PictureHeader.of(bytes, folder.source(index));
            Image image = Decoder.decode(bytes, folder.source(index), Orientation.CAMERA);
            String format = header.format().name().toLowerCase(Locale.ROOT);
            return ofPixels(folder.name(index), image, state, format, header.orientation(), digest);
        } catch (UnreadableImageException e) {
            String why = String.valueOf(e.getMessage());
            Fault fault = why.contains("truncated") ? Fault.TRUNCATED : Fault.UNREADABLE;
            return failed(folder, index, state, fault, why, digest);
        }
    }

    /** What became of a file since the folder was listed; empty where it is what it was. */
    private static String changed(ImageFolder folder, int index, FileState state) {
        try {
            BasicFileAttributes now = Files.readAttributes(folder.file(index), BasicFileAttributes.class);
            if (!now.isRegularFile()) { // to read a pipe would be to wait for ever
                return "no regular file";
            }
            boolean same = now.size() == state.size() && now.lastModifiedTime().toMillis() == state.modified();
            return same ? "" : "changed since the folder was listed";
        } catch (IOException e) {
            return "no longer there";
        }
    }

    private static Measures ofPixels(
            String name, Image image, FileState state, String format, int orientation, String digest) {
        String pixels = pixelDigest(image);
        Plane plane = Plane.of(shrunk(image));
        int[] histogram = plane.histogram();
        return new Measures(
                name,
                state.size(),
                state.modified(),
                Fault.NONE,
                "",
                format,
                image.width(),
                image.height(),
                orientation,
                Plane.quantile(histogram, 0.99),
                Plane.quantile(histogram, 0.05),
                plane.sharpness(),
                Plane.entropy(histogram),
                plane.colour(),
                digest.isEmpty() ? pixels : digest,
                pixels);
    }

    private static Image shrunk(Image image) {
        int longer = Math.max(image.width(), image.height());
        if (longer <= SIDE) {
            return image;
        }
        int width = Math.max(1, (int) Math.round((double) SIDE * image.width() / longer));
        int height = Math.max(1, (int) Math.round((double) SIDE * image.height() / longer));
        return new Resizer().bilinear(image, width, height, false);
    }

    private static String pixelDigest(Image image) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(8)
                .putInt(image.width())
                .putInt(image.height())
                .array());
        return hex(digest.digest(image.rgb()));
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest, 0, DIGEST);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
