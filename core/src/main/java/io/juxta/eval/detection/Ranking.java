package io.juxta.eval.detection;

import java.util.Arrays;

/** Numbers that grow, and their places by falling size. */
final class Ranking {
    private double[] scores = new double[16];
    private int size;

    void add(double score) {
        if (size == scores.length) {
            scores = Arrays.copyOf(scores, 2 * size);
        }
        scores[size++] = score;
    }

    int size() {
        return size;
    }

    /** Places by falling score; equal ones in the order in which they came. */
    int[] order() {
        return order(Arrays.copyOf(scores, size));
    }

    static int[] order(double[] scores) {
        Integer[] places = new Integer[scores.length];
        Arrays.setAll(places, i -> i);
        Arrays.sort(places, (a, b) -> Double.compare(scores[b], scores[a]));
        return Arrays.stream(places).mapToInt(Integer::intValue).toArray();
    }
}
