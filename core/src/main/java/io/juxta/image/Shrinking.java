package io.juxta.image;

import org.apiguardian.api.API;

/**
 * Makes small files of large pictures, once, so that whoever reads them again and again decodes less: the short side is
 * shrunk to a length by Pillow's antialiased bilinear filter, bit for bit; a JPEG of four times the length or more is first scaled by
 * its decoder, to twice the length at least. Pictures are turned as the camera was held, colours
 * become sRGB, transparency stays where the file is a PNG; it is resized beside the colours, which are those that come of the
 * picture without it. What else the file says, such as where the photo was taken, is not kept.
 *
 * @param shortSide pixels, 16 to 16,384
 * @param quality of JPEG files, 1 to 100
 */
@API(status = API.Status.INTERNAL)
public record Shrinking(int shortSide, int quality) {
    private static final int LEAST = 16;
    private static final int MOST = 16_384;

    public Shrinking {
        if (shortSide < LEAST || shortSide > MOST) {
            throw new IllegalArgumentException(
                    "--short-side " + shortSide + " must be from " + LEAST + " to " + MOST + " pixels");
        }
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("--quality " + quality + " must be from 1 to 100");
        }
    }

    /**
     * What became of a file.
     *
     * @param file the bytes to be written; those that were read where the picture is small, upright and in sRGB
     * @param format what they are
     */
    public record Shrunk(byte[] file, ImageFormat format, Original original, boolean isAsItWas) {}

    /**
     * What files become that are not left as they are: JPEG stays JPEG; WebP without transparency, which is photos as a rule,
     * becomes JPEG; all else is PNG.
     *
     * @param bytes the file or its beginning
     */
    public static ImageFormat written(byte[] bytes, ImageFormat own) {
        return switch (own) {
            case JPEG -> ImageFormat.JPEG;
            case WEBP -> SideData.mayBeTransparent(bytes, own) ? ImageFormat.PNG : ImageFormat.JPEG;
            default -> ImageFormat.PNG;
        };
    }

    /**
     * Shrinks a picture.
     *
     * @param name what the message of an exception calls it
     * @throws UnreadableImageException as {@link Decoder#decode(byte[], String)}
     */
    public Shrunk shrink(byte[] bytes, String name) throws UnreadableImageException {
        PictureFile file = Decoder.parsed(bytes, name);
        long shorter = Math.min(file.width(), file.height());
        int divisor = SufficientSize.divisor(shorter, shortSide);
        Original original = Original.decode(bytes, name, divisor);
        ImageFormat own = file.format();
        Image image = original.image();
        boolean small = shorter <= shortSide;
        if (small && Exif.orientation(bytes) == 1 && !original.fates().contains(Original.Fate.CONVERTED)) {
            return new Shrunk(bytes, own, original, true);
        }
        double scale = small ? 1 : (double) shortSide / shorter;
        // where the decoder has scaled, sides were rounded up: what they become follows from what they are in the file
        boolean turned = Exif.orientation(bytes) >= 5;
        long width = divisor == 1 ? image.width() : turned ? file.height() : file.width();
        long height = divisor == 1 ? image.height() : turned ? file.width() : file.height();
        Frame part = file.reduced(divisor) == file
                ? Frame.whole(image)
                : Frame.ofReduced(file.width(), file.height(), divisor, Exif.orientation(bytes));
        Original made = original.resized(part, (int) Math.round(scale * width), (int) Math.round(scale * height));
        ImageFormat format = written(bytes, own);
        return new Shrunk(made.encode(made.image(), format, quality), format, original, false);
    }
}
