package io.juxta.curation;

import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** Rows of length 1 for the tests, some of them equal. */
final class Scattered {
    private Scattered() {}

    static float[][] rows(int count, int width, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][width];
        for (int i = 0; i < count; i++) {
            double length = 0;
            for (int j = 0; j < width; j++) {
                rows[i][j] = (float) random.nextGaussian();
                length += rows[i][j] * rows[i][j];
            }
            for (int j = 0; j < width; j++) {
                rows[i][j] /= (float) Math.sqrt(length);
            }
            if (i % 10 == 9) {
                rows[i] = rows[i - 5].clone();
            }
        }
        return rows;
    }

    static Tensor tensor(float[][] rows, int width) {
        float[] all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return Tensor.create(all, rows.length, width);
    }

    static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += (double) a[j] * b[j];
        }
        return sum;
    }
}
