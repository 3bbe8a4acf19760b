package io.juxta.eval.translation;

import io.juxta.image.Image;
import org.apiguardian.api.API;

/**
 * How near a picture is to the one it should be, as files hold them: 8-bit RGB, all three channels alike.
 *
 * @param l1 mean absolute difference on the scale 0 to 1; 0 where they are the same
 * @param psnr peak signal-to-noise ratio in dB, 10 log10(255^2 / mean squared difference); infinite where they are the
 *     same
 * @param ssim structural similarity (Wang et al., 2004), the mean over the channels; 1 where they are the same
 */
@API(status = API.Status.EXPERIMENTAL)
public record PairQuality(double l1, double psnr, double ssim) {
    /**
     * Compares two pictures.
     *
     * @throws IllegalArgumentException when their sizes differ, or a side is below 11 pixels, SSIM's window
     */
    public static PairQuality of(Image picture, Image truth) {
        if (picture.width() != truth.width() || picture.height() != truth.height()) {
            throw new IllegalArgumentException(
                    size(picture) + " pixels cannot be compared with " + size(truth) + ": bring both to one size");
        }
        if (Math.min(picture.width(), picture.height()) < Ssim.WINDOW) {
            throw new IllegalArgumentException(size(picture) + " pixels are fewer than the " + Ssim.WINDOW + " x "
                    + Ssim.WINDOW + " that SSIM looks at: take larger pictures");
        }
        byte[] a = picture.rgb();
        byte[] b = truth.rgb();
        long absolute = 0;
        long squared = 0;
        for (int i = 0; i < a.length; i++) {
            long difference = (a[i] & 255) - (b[i] & 255);
            absolute += Math.abs(difference);
            squared += difference * difference;
        }
        double psnr = 10 * Math.log10(255.0 * 255 * a.length / squared);
        return new PairQuality(absolute / (255.0 * a.length), psnr, Ssim.of(picture, truth));
    }

    private static String size(Image image) {
        return image.width() + " x " + image.height();
    }
}
