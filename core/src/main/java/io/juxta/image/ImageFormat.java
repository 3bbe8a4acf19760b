package io.juxta.image;

import java.util.Optional;
import org.apiguardian.api.API;

/** What kind of file a picture is in. */
@API(status = API.Status.INTERNAL)
public enum ImageFormat {
    JPEG("jpg"),
    PNG("png"),
    WEBP("webp"),
    BMP("bmp"),
    GIF("gif"),
    TIFF("tif"),
    /** Portable pixel maps, grey maps and bit maps, binary or text: P1 to P6. */
    PPM("ppm");

    private final String extension;

    ImageFormat(String extension) {
        this.extension = extension;
    }

    /** The ending that the names of such files have as a rule, without dot. */
    public String extension() {
        return extension;
    }

    /**
     * The format by the first bytes of a file, whatever its name; empty when they are those of none. What it is
     * instead is said by {@link ForeignFormat}.
     *
     * @param bytes the whole file or its beginning, best {@link ForeignFormat#FIRST_BYTES} of it
     */
    public static Optional<ImageFormat> of(byte[] bytes) {
        Bytes file = new Bytes(bytes);
        if (Signatures.foreign(file) != null) {
            return Optional.empty();
        }
        if (file.starts(0, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (file.starts(0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (file.starts(0, "RIFF") && file.starts(8, "WEBP")) {
            return Optional.of(WEBP);
        }
        if (file.starts(0, "GIF87a") || file.starts(0, "GIF89a")) {
            return Optional.of(GIF);
        }
        if (Tiff.isOne(file)) {
            return Optional.of(TIFF);
        }
        if (BmpFile.isOne(file)) {
            return Optional.of(BMP);
        }
        return Pnm.isOne(file) ? Optional.of(PPM) : Optional.empty();
    }
}
