package io.juxta.eval.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Precision over recall of one class at all thresholds of IoU, in one range of areas and with one limit of detections. */
final class CocoCurves {
    static final byte WRONG = 0;
    static final byte RIGHT = 1;
    /** Neither right nor wrong. */
    static final byte ASIDE = 2;

    private final Ranking ranking = new Ranking();
    /** For each detection and threshold. */
    private final List<byte[]> outcomes = new ArrayList<>();

    int positives;

    void add(double score, byte[] outcomeAtEachThreshold) {
        ranking.add(score);
        outcomes.add(outcomeAtEachThreshold);
    }

    /** The mean over all thresholds. */
    double precision() {
        return IntStream.range(0, CocoMetric.THRESHOLDS)
                .mapToDouble(this::precision)
                .average()
                .orElseThrow();
    }

    /** The mean over all thresholds of the share of objects that are found at all. */
    double recall() {
        return IntStream.range(0, CocoMetric.THRESHOLDS)
                .mapToDouble(t -> (double) outcomes.stream()
                                .filter(outcome -> outcome[t] == RIGHT)
                                .count()
                        / positives)
                .average()
                .orElseThrow();
    }

    /** The mean of the envelope's precision at 101 recalls. */
    double precision(int threshold) {
        double[] recall = new double[ranking.size()];
        double[] precision = new double[ranking.size()];
        int right = 0;
        int wrong = 0;
        int at = 0;
        for (int d : ranking.order()) {
            right += outcomes.get(d)[threshold] == RIGHT ? 1 : 0;
            wrong += outcomes.get(d)[threshold] == WRONG ? 1 : 0;
            recall[at] = (double) right / positives;
            precision[at++] = right / (right + wrong + Math.ulp(1.0));
        }
        for (int d = precision.length - 1; d > 0; d--) {
            precision[d - 1] = Math.max(precision[d - 1], precision[d]);
        }
        double sum = 0;
        int d = 0;
        for (int r = 0; r < CocoMetric.RECALLS; r++) {
            double wanted = r == CocoMetric.RECALLS - 1 ? 1 : r * 0.01;
            while (d < recall.length && recall[d] < wanted) {
                d++;
            }
            sum += d < recall.length ? precision[d] : 0;
        }
        return sum / CocoMetric.RECALLS;
    }
}
