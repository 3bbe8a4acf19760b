package io.juxta.image;

import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What a file is that is not read here, told by its first bytes: pictures of other kinds, and what is often found
 * under a picture's name. Each knows what it is called and what a person can do about it.
 *
 * <pre>{@code
 * ForeignFormat.of(firstBytes).ifPresent(kind -> log.warn("{}: {}", file, kind.refusal()));
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public enum ForeignFormat {
    HEIC("a HEIC picture", true, Cure.CONVERT),
    AVIF("an AVIF picture", true, Cure.CONVERT),
    JPEG_2000("a JPEG 2000 picture", true, Cure.CONVERT),
    JPEG_XL("a JPEG XL picture", true, Cure.CONVERT),
    JPEG_XR("a JPEG XR picture", true, Cure.CONVERT),
    JPEG_LS("a JPEG-LS picture", true, Cure.CONVERT),
    CAMERA_RAW("a camera's raw photo", true, "develop it to JPEG or TIFF"),
    PHOTOSHOP("a Photoshop document (PSD)", true, Cure.EXPORT),
    GIMP("a GIMP document (XCF)", true, Cure.EXPORT),
    SVG("an SVG drawing", true, "draw it as PNG of the size you want"),
    PDF("a PDF document", true, "save its pages as PNG or JPEG"),
    POSTSCRIPT("a PostScript document", true, "save its pages as PNG or JPEG"),
    METAFILE("a Windows metafile (WMF, EMF)", true, Cure.EXPORT),
    ICON("an icon (ICO, CUR, ICNS)", true, Cure.CONVERT),
    TARGA("a Targa picture (TGA)", true, Cure.CONVERT),
    FLOAT_MAP("a map of floats (PFM)", true, Cure.CONVERT),
    ARBITRARY_MAP("an arbitrary pixel map (PAM)", true, Cure.CONVERT),
    OPEN_EXR("an OpenEXR picture", true, Cure.CONVERT),
    RADIANCE("a Radiance HDR picture", true, Cure.CONVERT),
    DIRECT_DRAW("a DirectDraw texture (DDS)", true, Cure.CONVERT),
    KTX("a Khronos texture (KTX)", true, Cure.CONVERT),
    QOI("a QOI picture", true, Cure.CONVERT),
    FLIF("a FLIF picture", true, Cure.CONVERT),
    BPG("a BPG picture", true, Cure.CONVERT),
    PAINTBRUSH("a Paintbrush picture (PCX)", true, Cure.CONVERT),
    SGI("an SGI picture", true, Cure.CONVERT),
    SUN_RASTER("a Sun raster picture", true, Cure.CONVERT),
    MULTIPLE_PNG("an MNG or JNG picture", true, Cure.CONVERT),
    DJVU("a DjVu document", true, "save its pages as PNG or JPEG"),
    DICOM("a DICOM picture", true, Cure.CONVERT),
    FITS("a FITS picture", true, Cure.CONVERT),
    VIDEO("a video", false, "take single pictures out of it, by ffmpeg for instance"),
    WEB_PAGE("a web page (HTML)", false, "download the picture itself"),
    GIT_LFS_POINTER("a Git LFS pointer, not the file itself", false, "run git lfs pull"),
    APPLE_DOUBLE("macOS's data about another file (AppleDouble)", false, "leave it, or remove it"),
    ARCHIVE("an archive", false, "unpack it"),
    NUMPY("a NumPy file", false, "save its pictures as PNG");

    /** As many first bytes of a file as are ever looked at, here and by {@link ImageFormat#of}. */
    public static final int FIRST_BYTES = 4096;

    /** What helps against several kinds. */
    private static final class Cure {
        static final String CONVERT = "convert it to PNG or JPEG";
        static final String EXPORT = "export it as PNG or JPEG";
    }

    private final String called;
    private final boolean picture;
    private final String cure;

    ForeignFormat(String called, boolean picture, String cure) {
        this.called = called;
        this.picture = picture;
        this.cure = cure;
    }

    /** What a person calls such a file, with its article: {@code a HEIC picture}. */
    public String called() {
        return called;
    }

    /** Whether it holds a picture, unlike what only lies under the name of one. */
    public boolean isPicture() {
        return picture;
    }

    /** What to do about it: {@code convert it to PNG or JPEG}. */
    public String cure() {
        return cure;
    }

    /** A clause for messages: {@code is a HEIC picture, which is not read: convert it to PNG or JPEG}. */
    public String refusal() {
        return "is " + called + (picture ? ", which is not read: " : ": ") + cure;
    }

    /**
     * What a file is, whatever its name.
     *
     * @param bytes the whole file or its beginning, best {@link #FIRST_BYTES} of it
     * @return empty where it is read here, or is nothing that is known
     */
    public static Optional<ForeignFormat> of(byte[] bytes) {
        return Optional.ofNullable(Signatures.foreign(new Bytes(bytes)));
    }
}
