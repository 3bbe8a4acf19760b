package io.juxta.train.embedding;

import java.util.Locale;
import org.apiguardian.api.API;

/**
 * How slowly a target follows its encoder: ξ ← m ξ + (1 - m) θ.
 *
 * @param m at the beginning, from 0 to 1
 */
@API(status = API.Status.INTERNAL)
public record Momentum(double m, Course course) {
    /** How m changes over the run. */
    public enum Course {
        CONSTANT,
        /** {@code 1 - (1 - m) (cos π t + 1) / 2}: it grows to 1 (Grill et al., 2020, section 3.3). */
        COSINE
    }

    public Momentum {
        if (!(m >= 0 && m <= 1)) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "m %s must be from 0 to 1 (0.99 for 100 epochs, 0.996 for 1000)", m));
        }
    }

    /** @param progress from 0 at the first step to 1 at the end */
    public double at(double progress) {
        return course == Course.CONSTANT ? m : 1 - (1 - m) * (Math.cos(Math.PI * progress) + 1) / 2;
    }
}
