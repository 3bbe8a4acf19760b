package io.juxta.image;

import java.util.List;
import org.apiguardian.api.API;

/**
 * How large a picture must be for all that is made of it: a crop of the least share of its area still has as many pixels as the
 * view that it becomes. A larger picture may be shrunk to that by Pillow's antialiased bilinear filter as soon as it is decoded,
 * and need not be decoded in full.
 *
 * @param pixels of the whole picture; infinite where it must not be shrunk
 * @param shortSide of the whole picture
 */
@API(status = API.Status.INTERNAL)
public record SufficientSize(double pixels, int shortSide) {
    /** Of pictures that are taken as they are. */
    public static final SufficientSize WHOLE = new SufficientSize(Double.POSITIVE_INFINITY, 0);

    /** A picture that would keep more of its pixels is left as it is: a second resampling costs more than that wins. */
    private static final double WORTH_IT = 0.5;

    /** How much larger than what is wanted of it a JPEG is read, each way: its own scaling is then seen no more. */
    static final int MARGIN = 2;

    private static final int COARSEST = 8;

    /** What suffices for all of several views. */
    public static SufficientSize of(List<Augmentation> views) {
        double pixels = 0;
        int shortSide = 0;
        for (Augmentation view : views) {
            SufficientSize each = view.sufficient();
            pixels = Math.max(pixels, each.pixels);
            shortSide = Math.max(shortSide, each.shortSide);
        }
        return new SufficientSize(pixels, shortSide);
    }

    /** What of each side is kept, at most 1. */
    private double scale(long width, long height) {
        double scale = Math.max(Math.sqrt(pixels / width / height), (double) shortSide / Math.min(width, height));
        return scale * scale > WORTH_IT ? 1 : scale;
    }

    /** Whether a picture is shrunk. */
    boolean shrinks(long width, long height) {
        return scale(width, height) < 1;
    }

    /** What a side of a picture is shrunk to. */
    int shrunk(long side, long width, long height) {
        return (int) Math.ceil(scale(width, height) * side - 1e-9);
    }

    /**
     * By how much a JPEG can be scaled while it is decoded: 8, 4, 2 or 1, so that it is at least twice as large each way as what
     * will be made of it.
     */
    static int divisor(long side, long wanted) {
        int divisor = COARSEST;
        while (divisor > 1 && ReducedJpeg.reduced(side, divisor) < MARGIN * wanted) {
            divisor /= 2;
        }
        return divisor;
    }
}
