package io.juxta.image;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A picture with what its file holds beside the colours, for a picture made of it to keep: transparency and resolution.
 * Colours are converted to sRGB where the file has a profile, and the picture is turned as the camera was held.
 *
 * <pre>{@code
 * Original original = Original.decode(bytes, "a.png");
 * byte[] file = original.encode(changed(original.image()), ImageFormat.PNG, Jpeg.QUALITY);
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class Original {
    /** What became of something in a file. */
    public enum Fate {
        /** The colours were converted to sRGB by the file's profile. */
        CONVERTED,
        /** The file has a profile that is none of RGB, or is damaged: the colours are taken for sRGB. */
        PROFILE_DROPPED,
        /** The file has transparency of a kind that is not read. */
        ALPHA_DROPPED
    }

    private final Image image;
    private final byte @Nullable [] alpha;
    private final Optional<PixelDensity> resolution;
    private final Set<Fate> fates;

    private Original(Image image, byte @Nullable [] alpha, Optional<PixelDensity> resolution, Set<Fate> fates) {
        this.image = image;
        this.alpha = alpha;
        this.resolution = resolution;
        this.fates = fates;
    }

    /**
     * Decodes a file's bytes.
     *
     * @param name what the message of an exception calls the image
     * @throws UnreadableImageException as {@link Decoder#decode(byte[], String)}
     */
    public static Original decode(byte[] bytes, String name) throws UnreadableImageException {
        return decode(bytes, name, 1);
    }

    /** @param divisor of the sides of a JPEG, while it is decoded: 1, 2, 4 or 8 */
    static Original decode(byte[] bytes, String name, int divisor) throws UnreadableImageException {
        Image stored = Decoder.decodeUpright(bytes, name, divisor);
        Image image = stored;
        ImageFormat format = ImageFormat.of(bytes).orElseThrow();
        int turn = Exif.orientation(bytes);
        Set<Fate> fates = EnumSet.noneOf(Fate.class);
        byte[] profile = SideData.profile(bytes, format);
        if (profile.length > 0) {
            Optional<Image> converted = ColourProfile.toSrgb(stored, profile);
            converted.ifPresent(inSrgb -> {
                if (inSrgb != stored) {
                    fates.add(Fate.CONVERTED);
                }
            });
            if (converted.isEmpty()) {
                fates.add(Fate.PROFILE_DROPPED);
            }
            image = converted.orElse(stored);
        }
        byte[] alpha = null;
        if (SideData.mayBeTransparent(bytes, format)) {
            alpha = Transparency.of(bytes, format, image, turn);
            if (alpha == null) {
                fates.add(Fate.ALPHA_DROPPED);
            }
        }
        Optional<PixelDensity> resolution = SideData.resolution(bytes, format);
        return new Original(image, alpha, turn >= 5 ? resolution.map(PixelDensity::turned) : resolution, fates);
    }

    /** The colours, in sRGB, upright. */
    public Image image() {
        return image;
    }

    /** Whether a part of it is transparent. */
    public boolean isTransparent() {
        return alpha != null;
    }

    /** What became of the rest of the file. */
    public Set<Fate> fates() {
        return EnumSet.copyOf(fates);
    }

    /**
     * The same at another size, by Pillow's bilinear filter. Transparency is resized beside the colours, not weighed into
     * them. A resolution, which told how large the picture is to be printed, is not kept.
     */
    Original resized(int width, int height) {
        return resized(Frame.whole(image), width, height);
    }

    /** A part of it at another size. */
    Original resized(Frame part, int width, int height) {
        if (part.equals(Frame.whole(image)) && width == image.width() && height == image.height()) {
            return this;
        }
        Resizer resizer = new Resizer();
        Image smaller = resizer.bilinear(image, part, width, height);
        byte[] plane = null;
        if (alpha != null) {
            byte[] grey = new byte[3 * alpha.length];
            for (int i = 0; i < alpha.length; i++) {
                grey[3 * i] = alpha[i];
            }
            byte[] resized = resizer.bilinear(new Image(image.width(), image.height(), grey), part, width, height)
                    .rgb();
            plane = new byte[width * height];
            for (int i = 0; i < plane.length; i++) {
                plane[i] = resized[3 * i];
            }
        }
        return new Original(smaller, plane, Optional.empty(), fates);
    }

    /**
     * A file of what was made of the picture, with its transparency where the format has any (PNG), and its resolution.
     *
     * @param made of the same size
     * @param format PNG or JPEG
     * @param quality of a JPEG, 1 to 100
     * @throws IllegalArgumentException when the size or the format is another
     */
    public byte[] encode(Image made, ImageFormat format, int quality) {
        if (made.width() != image.width() || made.height() != image.height()) {
            throw new IllegalArgumentException("a picture of " + made.width() + " x " + made.height()
                    + " pixels was not made of one of " + image.width() + " x " + image.height());
        }
        byte[] file =
                switch (format) {
                    case PNG -> alpha == null ? Png.encode(made) : Encoding.encode(made, alpha, ".png");
                    case JPEG -> Encoding.encode(made, ".jpg", IMWRITE_JPEG_QUALITY, quality);
                    default -> throw new IllegalArgumentException(format + " is not written: take PNG or JPEG");
                };
        return resolution.map(kept -> kept.writtenInto(file, format)).orElse(file);
    }
}
