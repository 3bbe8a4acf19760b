package io.juxta.eval.detection;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.apiguardian.api.API;

/**
 * PASCAL VOC's average precision (Everingham et al., 2010, section 4.2) at IoU thresholds 0.50 to 0.95, as detectron2 computes
 * it: with scores of three decimals and boxes of one, in pixels counted from 1, whose last one belongs to the box. Finding a
 * difficult object is neither right nor wrong, and finding one twice is wrong.
 *
 * <p>Of equal scores that of the earlier picture comes first. A class without objects that count has no average precision
 * and no part in the mean (the original counts it 0 under the one rule, NaN or 0 under the other).
 */
@API(status = API.Status.INTERNAL)
public final class VocMetric implements DetectionMetric {
    private static final int THRESHOLDS = 10;

    private final Rule rule;
    private final List<OfClass> classes = new ArrayList<>();

    /** What the area under a curve of precision over recall is. */
    public enum Rule {
        /** VOC 2007's: the mean of the best precision from each of eleven recalls on. */
        ELEVEN_POINTS,
        /** VOC 2010's and later: the area under the envelope that falls. */
        AREA
    }

    /**
     * Precision over recall at IoU 0.50, from the surest detection to the last.
     *
     * @param recall grows
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Curve(double[] recall, double[] precision) {}

    /** @param classes K */
    public VocMetric(int classes, Rule rule) {
        this.rule = rule;
        for (int k = 0; k < classes; k++) {
            this.classes.add(new OfClass());
        }
    }

    @Override
    public void add(LabelledBoxes truth, Detections found) {
        for (int k = 0; k < classes.size(); k++) {
            classes.get(k).add(truth, found, k);
        }
    }

    @Override
    public DetectionScores scores() {
        double[] mean = new double[classes.size()];
        double[] at50 = new double[classes.size()];
        double[] at75 = new double[classes.size()];
        for (int k = 0; k < classes.size(); k++) {
            double[] each = precisions(k);
            mean[k] = Arrays.stream(each).average().orElseThrow();
            at50[k] = each[0];
            at75[k] = each[5];
        }
        return new DetectionScores(mean(mean), mean(at50), mean(at75), mean, at50, new LinkedHashMap<>());
    }

    /** Average precision of a class at 0.50, 0.55 and so on to 0.95, in percent; NaN where no object counts. */
    public double[] precisions(int k) {
        double[] each = new double[THRESHOLDS];
        for (int t = 0; t < THRESHOLDS; t++) {
            Curve curve = classes.get(k).curve(t);
            boolean counts = classes.get(k).positives > 0;
            each[t] = counts ? 100 * (rule == Rule.AREA ? area(curve) : elevenPoints(curve)) : Double.NaN;
        }
        return each;
    }

    /** The curve of a class at IoU 0.50. */
    public Curve curve(int k) {
        return classes.get(k).curve(0);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    private static double elevenPoints(Curve curve) {
        double sum = 0;
        for (int i = 0; i <= 10; i++) {
            double best = 0;
            for (int d = 0; d < curve.recall.length; d++) {
                best = curve.recall[d] >= 0.1 * i ? Math.max(best, curve.precision[d]) : best;
            }
            sum += best / 11;
        }
        return sum;
    }

    private static double area(Curve curve) {
        double sum = 0;
        double best = 0;
        for (int d = curve.recall.length - 1; d >= 0; d--) {
            best = Math.max(best, curve.precision[d]);
            sum += (curve.recall[d] - (d == 0 ? 0 : curve.recall[d - 1])) * best;
        }
        return sum;
    }

    /** As many decimals as VOC's files have, the last one even where two are equally near. */
    private static double rounded(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** What was found of one class so far, and what of it was right. */
    private static final class OfClass {
        private final Ranking ranking = new Ranking();
        /** For each detection its picture's objects and itself. */
        private final List<Candidate> candidates = new ArrayList<>();

        private int positives;

        /** A detection: the nearest object, how near, and whether it is difficult. */
        private record Candidate(long object, double overlap, boolean difficult) {}

        private long objects;

        void add(LabelledBoxes truth, Detections found, int k) {
            double[] xyxy = truth.boxes().toArray();
            for (int at = 0; at < xyxy.length; at++) {
                xyxy[at] += at % 4 < 2 ? 1 : 0;
            }
            Boxes counted = Boxes.of(xyxy);
            for (int d = 0; d < found.size(); d++) {
                if (found.classes()[d] == k) {
                    ranking.add(rounded(found.scores()[d], 3));
                    candidates.add(nearest(truth, counted, found.boxes(), d, k));
                }
            }
            for (int t = 0; t < truth.size(); t++) {
                positives += truth.classes()[t] == k && !truth.difficult()[t] ? 1 : 0;
            }
            objects += truth.size();
        }

        private Candidate nearest(LabelledBoxes truth, Boxes counted, Boxes found, int d, int k) {
            Boxes box = Boxes.of(
                    rounded(found.x1(d) + 1, 1),
                    rounded(found.y1(d) + 1, 1),
                    rounded(found.x2(d), 1),
                    rounded(found.y2(d), 1));
            Candidate best = new Candidate(-1, Double.NEGATIVE_INFINITY, false);
            for (int t = 0; t < truth.size(); t++) {
                if (truth.classes()[t] == k) {
                    double overlap = overlap(box, counted, t);
                    if (overlap > best.overlap) {
                        best = new Candidate(objects + t, overlap, truth.difficult()[t]);
                    }
                }
            }
            return best;
        }

        private static double overlap(Boxes box, Boxes truths, int t) {
            double width = Math.max(Math.min(box.x2(0), truths.x2(t)) - Math.max(box.x1(0), truths.x1(t)) + 1, 0);
            double height = Math.max(Math.min(box.y2(0), truths.y2(t)) - Math.max(box.y1(0), truths.y1(t)) + 1, 0);
            double both = width * height;
            double all = (box.width(0) + 1) * (box.height(0) + 1) + (truths.width(t) + 1) * (truths.height(t) + 1);
            return both / (all - both);
        }

        Curve curve(int threshold) {
            double least = (50 + 5 * threshold) / 100.0;
            double[] recall = new double[ranking.size()];
            double[] precision = new double[ranking.size()];
            BitSet taken = new BitSet();
            int right = 0;
            int wrong = 0;
            int at = 0;
            for (int d : ranking.order()) {
                Candidate candidate = candidates.get(d);
                if (candidate.overlap <= least || !candidate.difficult && taken.get((int) candidate.object)) {
                    wrong++;
                } else if (!candidate.difficult) {
                    taken.set((int) candidate.object);
                    right++;
                }
                recall[at] = (double) right / positives;
                precision[at++] = right / Math.max(right + wrong, Math.ulp(1.0));
            }
            return new Curve(recall, precision);
        }
    }
}
