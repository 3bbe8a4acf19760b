package io.juxta.runs.pictures;

import io.juxta.data.FileName;
import io.juxta.image.ImageFormat;
import java.nio.file.Path;
import java.util.Locale;
import org.apiguardian.api.API;

/** Names of pictures whose format changes. */
@API(status = API.Status.INTERNAL)
public final class FormatName {
    private FormatName() {}

    /**
     * The name as it is where it has an ending of the format, otherwise with the format's ending instead of its own.
     *
     * @param format PNG or JPEG
     */
    public static Path of(Path file, ImageFormat format) {
        // a name that is no text keeps its bytes where it stays, and has them written out where it changes
        String name = FileName.of(file.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        boolean fits = format == ImageFormat.JPEG
                ? lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".jpe")
                : lower.endsWith(".png");
        return fits ? file : file.resolveSibling(name.replaceFirst("\\.[^.]*$", "") + "." + format.extension());
    }
}
