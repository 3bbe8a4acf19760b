package io.juxta.spark;

import java.io.Serializable;
import java.util.Random;

/**
 * On which side of random hyperplanes a vector lies, some planes to a band (Charikar, 2002). Vectors at an angle a lie on the same side of one
 * with the chance 1 - a / pi.
 *
 * @param bits planes of a band, from 1 to 62
 * @param bands at least 1
 * @param seed that the planes are drawn by
 */
record SignBands(int bits, int bands, long seed) implements Serializable {
    /** The chance that two vectors at this cosine share a band at least. */
    double chance(double cosine) {
        return 1 - Math.pow(1 - Math.pow(sameSide(cosine), bits), bands);
    }

    private static double sameSide(double cosine) {
        return 1 - Math.acos(Math.max(-1, Math.min(1, cosine))) / Math.PI;
    }

    /** The fewest bands that find a pair at this cosine with this chance. */
    static long bands(int bits, double cosine, double chance) {
        return (long) Math.ceil(Math.log1p(-chance) / Math.log1p(-Math.pow(sameSide(cosine), bits)) - 1e-9);
    }

    /** The planes of all bands, one after the other, for vectors of a length. */
    float[][] planes(int dimension) {
        Random random = new Random(seed);
        float[][] planes = new float[bits * bands][dimension];
        for (float[] plane : planes) {
            for (int i = 0; i < dimension; i++) {
                plane[i] = (float) random.nextGaussian();
            }
        }
        return planes;
    }

    /** In which block of each band a vector lies. */
    long[] blocks(float[] vector, float[][] planes) {
        long[] blocks = new long[bands];
        for (int i = 0; i < planes.length; i++) {
            double side = 0;
            for (int k = 0; k < vector.length; k++) {
                side += (double) planes[i][k] * vector[k];
            }
            blocks[i / bits] = blocks[i / bits] << 1 | (side >= 0 ? 1 : 0);
        }
        return blocks;
    }
}
