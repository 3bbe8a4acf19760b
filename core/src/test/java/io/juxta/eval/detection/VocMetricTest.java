package io.juxta.eval.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.eval.detection.VocMetric.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** VOC's average precision against numbers of detectron2 (commit 02b5c4e), cases by hand and a slow second writing. */
class VocMetricTest {
    private static final int APPLE = 0;
    private static final int BANANA = 1;
    private static final int ORANGE = 2;

    /** DET-11; xmin and ymin of the XML are counted from 1. */
    private static VocMetric golden(Rule rule) {
        VocMetric metric = new VocMetric(3, rule);
        metric.add(
                new LabelledBoxes(
                        Boxes.of(10, 10, 60, 60, 70, 10, 110, 50, 19, 69, 90, 110),
                        new int[] {APPLE, APPLE, BANANA},
                        new boolean[] {false, true, false}),
                new Detections(
                        Boxes.of(10, 10, 60, 60, 12.04, 11, 61, 62, 71, 12, 111, 51, 22, 72, 92, 108),
                        new int[] {APPLE, APPLE, APPLE, BANANA},
                        new double[] {.95, .9004, .85, .6}));
        metric.add(
                LabelledBoxes.of(Boxes.of(4, 4, 44, 54, 49, 19, 99, 69, 0, 0, 30, 30), APPLE, APPLE, ORANGE),
                new Detections(
                        Boxes.of(4, 4, 46, 52, 30.26, 41, 80, 100, 55, 25, 108, 76, 10, 10, 40, 50),
                        new int[] {APPLE, APPLE, APPLE, BANANA},
                        new double[] {.8, .7, .4, .75}));
        metric.add(
                new LabelledBoxes(
                        Boxes.of(30, 40, 80, 100, 9, 9, 39, 49, 49, 49, 89, 99),
                        new int[] {APPLE, BANANA, BANANA},
                        new boolean[] {false, false, true}),
                new Detections(
                        Boxes.of(10, 10, 50, 60, 35, 38, 84, 98, 52, 52, 90, 100, 9, 12, 41, 47),
                        new int[] {APPLE, APPLE, BANANA, BANANA},
                        new double[] {.8003, .65, .55, .3}));
        return metric;
    }

    @Test
    void theOriginalsNumbers() {
        VocMetric of2007 = golden(Rule.ELEVEN_POINTS);
        VocMetric of2012 = golden(Rule.AREA);
        percent(
                of2007.precisions(APPLE),
                .7142857,
                .7142857,
                .5454545,
                .5454545,
                .5454545,
                .5454545,
                .4545455,
                .4545455,
                .4090909,
                .2727273);
        percent(
                of2012.precisions(APPLE),
                .702381,
                .702381,
                .5416667,
                .5416667,
                .5416667,
                .5416667,
                .4166667,
                .4166667,
                .375,
                .25);
        for (VocMetric metric : List.of(of2007, of2012)) {
            percent(
                    metric.precisions(BANANA),
                    .6666667,
                    .6666667,
                    .6666667,
                    .6666667,
                    .6666667,
                    .6666667,
                    .6666667,
                    0,
                    0,
                    0);
            assertThat(metric.precisions(ORANGE)).containsOnly(0);
        }
        scores(of2007.scores(), 32.893217893, 46.031746032, 40.404040404);
        scores(of2012.scores(), 32.321428571, 45.634920635, 40.277777778);
        VocMetric.Curve curve = of2007.curve(APPLE);
        assertThat(curve.recall()).containsExactly(.25, .25, .25, .5, .5, .5, .75, 1);
        assertThat(curve.precision())
                .containsExactly(new double[] {1, .5, .5, 2 / 3.0, .5, .4, .5, 4 / 7.0}, within(1e-9));
    }

    /** A box of its own place, and one beside it. */
    private static final Boxes HERE = Boxes.of(0, 0, 20, 20);

    private static final Boxes THERE = Boxes.of(50, 50, 80, 80);

    @Test
    void whatIsDifficultDoesNotCount() {
        VocMetric metric = new VocMetric(1, Rule.AREA);
        LabelledBoxes truth =
                new LabelledBoxes(Boxes.join(List.of(HERE, THERE)), new int[] {0, 0}, new boolean[] {true, false});
        Boxes twiceHere = Boxes.join(List.of(HERE, HERE, THERE));
        metric.add(truth, new Detections(twiceHere, new int[3], new double[] {.9, .8, .7}));
        assertThat(metric.scores().ap50()).isEqualTo(100);
    }

    @Test
    void whatIsFoundTwiceIsWrongOnce() {
        VocMetric metric = new VocMetric(1, Rule.AREA);
        LabelledBoxes truth = LabelledBoxes.of(Boxes.join(List.of(HERE, THERE)), 0, 0);
        Boxes twiceHere = Boxes.join(List.of(HERE, HERE, THERE));
        metric.add(truth, new Detections(twiceHere, new int[3], new double[] {.9, .8, .7}));
        // precision 1 at recall 1/2, and 2/3 at 1
        assertThat(metric.scores().ap50()).isCloseTo(100 * (0.5 + 0.5 * 2 / 3), within(1e-9));
    }

    @Test
    void ofEqualScoresTheEarlierPictureComesFirst() {
        for (boolean rightFirst : new boolean[] {true, false}) {
            VocMetric metric = new VocMetric(1, Rule.AREA);
            LabelledBoxes truth = LabelledBoxes.of(HERE, 0);
            Detections right = new Detections(HERE, new int[1], new double[] {.5004});
            Detections wrong = new Detections(THERE, new int[1], new double[] {.5});
            metric.add(rightFirst ? truth : LabelledBoxes.of(Boxes.NONE), rightFirst ? right : wrong);
            metric.add(rightFirst ? LabelledBoxes.of(Boxes.NONE) : truth, rightFirst ? wrong : right);
            assertThat(metric.scores().ap50()).isEqualTo(rightFirst ? 100 : 50);
        }
    }

    @Test
    void aClassWithoutObjectsHasNoPartInTheMean() {
        VocMetric metric = new VocMetric(3, Rule.ELEVEN_POINTS);
        Detections found = new Detections(HERE, new int[] {2}, new double[] {.9});
        metric.add(LabelledBoxes.of(THERE, 1), found);
        assertThat(metric.scores().ofClass50()).containsExactly(Double.NaN, 0, Double.NaN);
        assertThat(metric.scores().ap50()).isZero();
        assertThat(new VocMetric(2, Rule.AREA).scores().ap()).isNaN();
    }

    /** Written again, with a list of everything and a search for each detection. */
    @ParameterizedTest
    @EnumSource
    void asWrittenAgain(Rule rule) {
        Random random = new Random(11);
        for (int round = 0; round < 30; round++) {
            VocMetric metric = new VocMetric(2, rule);
            List<double[]> truths = new ArrayList<>(); // picture, class, difficult, x1, y1, x2, y2
            List<double[]> found = new ArrayList<>(); // picture, class, score, x1, y1, x2, y2
            for (int picture = 0; picture < 6; picture++) {
                int objects = random.nextInt(4);
                double[] xyxy = new double[4 * objects];
                int[] classes = new int[objects];
                boolean[] difficult = new boolean[objects];
                for (int t = 0; t < objects; t++) {
                    put(xyxy, t, random);
                    classes[t] = random.nextInt(2);
                    difficult[t] = random.nextInt(4) == 0;
                    truths.add(new double[] {
                        picture,
                        classes[t],
                        difficult[t] ? 1 : 0,
                        xyxy[4 * t] + 1,
                        xyxy[4 * t + 1] + 1,
                        xyxy[4 * t + 2],
                        xyxy[4 * t + 3]
                    });
                }
                int boxes = random.nextInt(6);
                double[] places = new double[4 * boxes];
                int[] kinds = new int[boxes];
                double[] scores = new double[boxes];
                for (int d = 0; d < boxes; d++) {
                    put(places, d, random);
                    kinds[d] = random.nextInt(2);
                    scores[d] = random.nextInt(5) / 4.0;
                    found.add(new double[] {
                        picture,
                        kinds[d],
                        scores[d],
                        places[4 * d] + 1,
                        places[4 * d + 1] + 1,
                        places[4 * d + 2],
                        places[4 * d + 3]
                    });
                }
                metric.add(
                        new LabelledBoxes(Boxes.of(xyxy), classes, difficult),
                        new Detections(Boxes.of(places), kinds, scores));
            }
            for (int k = 0; k < 2; k++) {
                for (int t = 0; t < 10; t++) {
                    double again = again(truths, found, k, 0.5 + t * 0.05, rule);
                    double once = metric.precisions(k)[t];
                    assertThat(Double.isNaN(once) ? -1 : once)
                            .isCloseTo(Double.isNaN(again) ? -1 : again, within(1e-9));
                }
            }
        }
    }

    private static void put(double[] xyxy, int at, Random random) {
        xyxy[4 * at] = random.nextInt(3) * 4;
        xyxy[4 * at + 1] = random.nextInt(3) * 4;
        xyxy[4 * at + 2] = xyxy[4 * at] + 17 + random.nextInt(6);
        xyxy[4 * at + 3] = xyxy[4 * at + 1] + 17 + random.nextInt(6);
    }

    private static double again(List<double[]> truths, List<double[]> found, int k, double least, Rule rule) {
        List<double[]> own =
                new ArrayList<>(found.stream().filter(d -> d[1] == k).toList());
        own.sort((a, b) -> Double.compare(b[2], a[2]));
        long positives = truths.stream().filter(t -> t[1] == k && t[2] == 0).count();
        if (positives == 0) {
            return Double.NaN;
        }
        List<double[]> taken = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        int wrong = 0;
        for (double[] d : own) {
            double[] nearest = truths.stream()
                    .filter(t -> t[0] == d[0] && t[1] == k)
                    .reduce((a, b) -> pixels(b, d) > pixels(a, d) ? b : a)
                    .orElse(null);
            if (nearest == null || pixels(nearest, d) <= least + 1e-12) {
                wrong++;
            } else if (nearest[2] == 0) {
                if (taken.contains(nearest)) {
                    wrong++;
                } else {
                    taken.add(nearest);
                }
            }
            int counted = taken.size() + wrong;
            points.add(
                    new double[] {(double) taken.size() / positives, counted == 0 ? 0 : (double) taken.size() / counted
                    });
        }
        if (rule == Rule.ELEVEN_POINTS) {
            double sum = 0;
            for (int i = 0; i <= 10; i++) {
                double at = i * 0.1; // the original's: three tenths are a little more than 0.3
                sum += points.stream()
                        .filter(p -> p[0] >= at)
                        .mapToDouble(p -> p[1])
                        .max()
                        .orElse(0);
            }
            return 100 * sum / 11;
        }
        double area = 0;
        for (int right = 1; right <= positives; right++) {
            double at = (double) right / positives;
            area += points.stream()
                            .filter(p -> p[0] >= at - 1e-12)
                            .mapToDouble(p -> p[1])
                            .max()
                            .orElse(0)
                    / positives;
        }
        return 100 * area;
    }

    /** IoU of whole pixels, counted. */
    private static double pixels(double[] a, double[] b) {
        int both = 0;
        int either = 0;
        for (int x = 0; x < 40; x++) {
            for (int y = 0; y < 40; y++) {
                boolean inA = x >= a[3] && x <= a[5] && y >= a[4] && y <= a[6];
                boolean inB = x >= b[3] && x <= b[5] && y >= b[4] && y <= b[6];
                both += inA && inB ? 1 : 0;
                either += inA || inB ? 1 : 0;
            }
        }
        return (double) both / either;
    }

    private static void percent(double[] actual, double... expected) {
        assertThat(actual)
                .containsExactly(Arrays.stream(expected).map(x -> 100 * x).toArray(), within(1e-4));
    }

    private static void scores(DetectionScores scores, double ap, double ap50, double ap75) {
        assertThat(scores.ap()).isCloseTo(ap, within(1e-7));
        assertThat(scores.ap50()).isCloseTo(ap50, within(1e-7));
        assertThat(scores.ap75()).isCloseTo(ap75, within(1e-7));
    }
}
