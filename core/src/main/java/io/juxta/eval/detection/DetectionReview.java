package io.juxta.eval.detection;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Where a detector is right and where it is wrong, at an overlap of one half, for people to look at: precision over recall of each
 * class, and the worst mistakes. Unlike the metrics it rounds nothing. Finding a difficult object is neither right nor wrong.
 */
@API(status = API.Status.INTERNAL)
public final class DetectionReview {
    private static final double OVERLAP = 0.5;
    /** What is surer counts as said: an object that nothing of it is about was missed. */
    private static final double SAID = 0.5;

    private final List<List<Answer>> answers = new ArrayList<>();
    private final int[] objects;
    private final List<Mistake> mistakes = new ArrayList<>();

    /** Ways of being wrong. */
    public enum Kind {
        /** An object that nothing surer than one half is about. */
        MISS,
        /** An object found a second time. */
        DOUBLE,
        /** A box where there is no object of its class, or that is too loose. */
        FALSE_ALARM
    }

    /**
     * One mistake.
     *
     * @param picture its number
     * @param box of what was found, or of what was missed
     * @param label the class that was said, or of what was missed
     * @param score how sure it was; 0 for a miss
     * @param gravity the score, or of a miss the share of the picture that it covers
     * @param nearest the object that overlaps the box most, -1 where none does
     * @param overlap with it
     */
    public record Mistake(
            Kind kind, int picture, Boxes box, int label, double score, double gravity, int nearest, double overlap) {}

    /**
     * Precision over recall from the surest detection of a class down.
     *
     * @param objects that count
     */
    public record Curve(int objects, List<Double> recall, List<Double> precision) {
        public Curve {
            recall = List.copyOf(recall);
            precision = List.copyOf(precision);
        }
    }

    private record Answer(double score, boolean right) {}

    /** @param classes K */
    public DetectionReview(int classes) {
        objects = new int[classes];
        for (int k = 0; k < classes; k++) {
            answers.add(new ArrayList<>());
        }
    }

    /**
     * Takes a picture.
     *
     * @param number of the picture, by which it is found again
     * @param found the surest first
     */
    public void add(int number, PictureSize size, LabelledBoxes truth, Detections found) {
        boolean[] taken = new boolean[truth.size()];
        boolean[] said = new boolean[truth.size()];
        for (int d = 0; d < found.size(); d++) {
            int k = found.classes()[d];
            int own = nearest(truth, found.boxes(), d, k);
            boolean hit = own >= 0 && truth.boxes().iou(own, found.boxes(), d) > OVERLAP;
            if (hit && truth.difficult()[own]) {
                said[own] = true;
                continue;
            }
            boolean right = hit && !taken[own];
            answers.get(k).add(new Answer(found.scores()[d], right));
            if (right) {
                taken[own] = true;
                said[own] = found.scores()[d] >= SAID;
            } else {
                mistakes.add(wrong(number, truth, found, d, hit ? own : -1));
            }
        }
        for (int t = 0; t < truth.size(); t++) {
            if (!truth.difficult()[t]) {
                int label = truth.classes()[t];
                objects[label]++;
                if (!said[t]) {
                    double share = truth.boxes().area(t) / ((double) size.width() * size.height());
                    mistakes.add(new Mistake(Kind.MISS, number, truth.boxes().select(t), label, 0, share, t, 1));
                }
            }
        }
    }

    private static Mistake wrong(int number, LabelledBoxes truth, Detections found, int d, int twice) {
        int nearest = twice >= 0 ? twice : nearest(truth, found.boxes(), d, -1);
        return new Mistake(
                twice >= 0 ? Kind.DOUBLE : Kind.FALSE_ALARM,
                number,
                found.boxes().select(d),
                found.classes()[d],
                found.scores()[d],
                found.scores()[d],
                nearest,
                nearest < 0 ? 0 : truth.boxes().iou(nearest, found.boxes(), d));
    }

    /** The object that overlaps a box most, of a class or (-1) of any; -1 where none does. */
    private static int nearest(LabelledBoxes truth, Boxes found, int d, int label) {
        int best = -1;
        double most = 0;
        for (int t = 0; t < truth.size(); t++) {
            double overlap = truth.boxes().iou(t, found, d);
            if ((label < 0 || truth.classes()[t] == label) && overlap > most) {
                best = t;
                most = overlap;
            }
        }
        return best;
    }

    /** The curve of a class. */
    public Curve curve(int k) {
        List<Double> recall = new ArrayList<>();
        List<Double> precision = new ArrayList<>();
        int right = 0;
        List<Answer> surest = answers.get(k).stream()
                .sorted(Comparator.comparingDouble(Answer::score).reversed())
                .toList();
        for (int i = 0; i < surest.size(); i++) {
            right += surest.get(i).right ? 1 : 0;
            recall.add(objects[k] == 0 ? 0.0 : (double) right / objects[k]);
            precision.add((double) right / (i + 1));
        }
        return new Curve(objects[k], recall, precision);
    }

    /** The worst mistakes of each kind, the worst first: misses, doubles, false alarms. */
    public List<Mistake> worst(int ofEach) {
        return Stream.of(Kind.values())
                .flatMap(kind -> mistakes.stream()
                        .filter(mistake -> mistake.kind == kind)
                        .sorted(Comparator.comparingDouble(Mistake::gravity).reversed())
                        .limit(ofEach))
                .toList();
    }

    /** How many mistakes of a kind there are among what is surer than one half, or missed. */
    public long count(Kind kind) {
        return mistakes.stream()
                .filter(mistake -> mistake.kind == kind && (kind == Kind.MISS || mistake.score >= SAID))
                .count();
    }
}
