package io.juxta.curation;

import org.apiguardian.api.API;

/**
 * From where on a picture is odd. Darkness and brightness are judged by themselves; sharpness, information, size and shape
 * against the other pictures: they must lie so many robust standard deviations from the median
 * ({@link Distribution#deviation}), and at least a factor from it, since in a uniform set the deviations are nothing.
 *
 * @param dark the light below which a picture is dark, 64 of 255
 * @param bright the shade above which it is bright, 235 of 255
 * @param deviations from the median, 3; of logarithms but for information
 * @param blur the least factor by which a blurred one is less sharp than the median, 2
 * @param information the bits below which there may be little information, 4
 * @param bare the bits below which there is, whatever the others have, 1
 * @param size the least factor between a side (the square root of the pixels) and the median, 3
 * @param ratio the least factor between a ratio of longer and shorter side and the median, 2
 * @param colour the colour below which a picture is grey, 1.5 of 255
 */
@API(status = API.Status.EXPERIMENTAL)
public record QualityLimits(
        double dark,
        double bright,
        double deviations,
        double blur,
        double information,
        double bare,
        double size,
        double ratio,
        double colour) {
    public QualityLimits {
        if (!(dark >= 0 && dark <= 255 && bright >= 0 && bright <= 255)) {
            throw new IllegalArgumentException("dark " + dark + " and bright " + bright + " must be from 0 to 255");
        }
        if (!(deviations > 0)) {
            throw new IllegalArgumentException("deviations " + deviations + " must be above 0");
        }
        if (!(blur >= 1 && size >= 1 && ratio >= 1)) {
            throw new IllegalArgumentException(
                    "the factors blur " + blur + ", size " + size + " and ratio " + ratio + " must be at least 1");
        }
        if (!(bare >= 0 && bare <= information && information <= 8 && colour >= 0 && colour <= 255)) {
            throw new IllegalArgumentException("bare " + bare + " and information " + information
                    + " must be from 0 to 8 bits in this order, and colour " + colour + " from 0 to 255");
        }
    }

    public static QualityLimits defaults() {
        return new QualityLimits(64, 235, 3, 2, 4, 1, 3, 2, 1.5);
    }
}
