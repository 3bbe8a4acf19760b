package io.juxta.detect;

import io.juxta.data.boxes.Boxes;

/**
 * Which truth each candidate is nearest to, and whether near enough to stand for it (Ren et al., 2015, section 3.1.2).
 *
 * @param low IoU below which a candidate is {@link #BACKGROUND}
 * @param high IoU from which on it is {@link #OBJECT}; between the two it is {@link #IGNORED}
 * @param bestOfEach whether the candidates nearest to each truth are objects too, however far; their truth stays the one
 *     that is nearest to them. As in the original, a truth that no candidate touches makes objects of all
 */
record Matcher(double low, double high, boolean bestOfEach) {
    static final byte BACKGROUND = 0;
    static final byte OBJECT = 1;
    static final byte IGNORED = -1;

    /** Anchors to truths. */
    static final Matcher OF_ANCHORS = new Matcher(0.3, 0.7, true);

    /** Proposals to truths. */
    static final Matcher OF_PROPOSALS = new Matcher(0.5, 0.5, false);

    /**
     * For each candidate, what it is.
     *
     * @param truth the nearest truth, the first of equals; 0 where there is none
     * @param label {@link #OBJECT}, {@link #BACKGROUND} or {@link #IGNORED}
     */
    record Matches(int[] truth, byte[] label) {}

    /** How well a truth and a candidate agree, from 0 to 1. */
    @FunctionalInterface
    interface Quality {
        double of(int truth, int candidate);
    }

    Matches match(Boxes truths, Boxes candidates) {
        return match(truths.size(), candidates.size(), (truth, candidate) -> truths.iou(truth, candidates, candidate));
    }

    /** Row by row, so that memory grows with the candidates alone. */
    Matches match(int truths, int candidates, Quality quality) {
        double[] best = new double[candidates];
        int[] nearest = new int[candidates];
        byte[] label = new byte[candidates];
        boolean[] isBest = new boolean[candidates];
        double[] row = new double[candidates];
        for (int t = 0; t < truths; t++) {
            double most = 0;
            for (int c = 0; c < candidates; c++) {
                row[c] = quality.of(t, c);
                most = Math.max(most, row[c]);
                if (t == 0 || row[c] > best[c]) {
                    best[c] = row[c];
                    nearest[c] = t;
                }
            }
            for (int c = 0; c < candidates; c++) {
                isBest[c] |= row[c] == most;
            }
        }
        for (int c = 0; c < candidates && truths > 0; c++) {
            label[c] = best[c] < low ? BACKGROUND : best[c] < high ? IGNORED : OBJECT;
            if (bestOfEach && isBest[c]) {
                label[c] = OBJECT;
            }
        }
        return new Matches(nearest, label);
    }
}
