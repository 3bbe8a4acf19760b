package io.juxta.runs.compared;

import java.util.Locale;
import org.apiguardian.api.API;

/**
 * By how much one is better than another on the same images, in points of percent, and the interval of 95 % over the images
 * (Wald's, of paired answers).
 *
 * @param images on which it was measured
 */
@API(status = API.Status.EXPERIMENTAL)
public record Lead(double points, double low, double high, int images) {
    private static final double Z = 1.959964;

    /** @param one whether each image was named rightly by the one */
    public static Lead of(boolean[] one, boolean[] other) {
        if (one.length != other.length || one.length == 0) {
            throw new IllegalArgumentException(
                    "answers on " + one.length + " and " + other.length + " images cannot be compared");
        }
        double won = 0;
        double lost = 0;
        for (int i = 0; i < one.length; i++) {
            won += one[i] && !other[i] ? 1 : 0;
            lost += other[i] && !one[i] ? 1 : 0;
        }
        double n = one.length;
        double lead = (won - lost) / n;
        // one more on each side: where no answer differs nothing is certain all the same
        double half = Z * Math.sqrt(Math.max(0, (won + lost + 2) - (won - lost) * (won - lost) / n)) / n;
        return new Lead(100 * lead, 100 * (lead - half), 100 * (lead + half), one.length);
    }

    /** Whether the images suffice to say which is better. */
    public boolean isSure() {
        return low > 0 || high < 0;
    }

    /** {@code 4.1 points (2.3 to 5.9)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f points (%.1f to %.1f)", points, low, high);
    }
}
