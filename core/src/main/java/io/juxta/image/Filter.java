package io.juxta.image;

import org.apiguardian.api.API;

/** The interpolations of Pillow's resize that the original programs use. */
@API(status = API.Status.INTERNAL)
public enum Filter {
    /** A triangle of half-width 1. */
    BILINEAR(1) {
        @Override
        double weight(double distance) {
            return distance < 1 ? 1 - distance : 0;
        }
    },

    /** Keys' cubic convolution with a = -0.5, of half-width 2. */
    BICUBIC(2) {
        @Override
        double weight(double distance) {
            double x = distance;
            if (x < 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    };

    private static final double A = -0.5;

    private final double support;

    Filter(double support) {
        this.support = support;
    }

    /** Beyond this distance the weight is 0. */
    double support() {
        return support;
    }

    /** The weight of a sample at a distance of at least 0. */
    abstract double weight(double distance);
}
