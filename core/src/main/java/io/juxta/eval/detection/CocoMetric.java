package io.juxta.eval.detection;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * COCO's average precision and recall of boxes (Lin et al., 2014; the rules are those of pycocotools): at IoU thresholds
 * 0.50 to 0.95, precision read at 101 recalls, for all objects and for those of small, medium and large area, with up to
 * 1, 10 and 100 detections of a class in a picture. Crowds, here the difficult ones, may be found by several detections,
 * which then do not count.
 */
@API(status = API.Status.INTERNAL)
public final class CocoMetric implements DetectionMetric {
    static final int THRESHOLDS = 10;
    static final int RECALLS = 101;
    private static final int MOST = 100;
    private static final int[] FEW = {1, 10, MOST};
    private static final double[][] AREAS = {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
    private static final String[] NAMES = {"", "S", "M", "L"};

    private final int classes;
    /** For each class, range of areas and limit: what came of all pictures. */
    private final CocoCurves[][][] curves;

    /** @param classes K */
    public CocoMetric(int classes) {
        this.classes = classes;
        curves = new CocoCurves[classes][AREAS.length][FEW.length];
        for (CocoCurves[][] ofClass : curves) {
            for (CocoCurves[] ofArea : ofClass) {
                Arrays.setAll(ofArea, few -> new CocoCurves());
            }
        }
    }

    @Override
    public void add(LabelledBoxes truth, Detections found) {
        for (int k = 0; k < classes; k++) {
            int ofClass = k;
            LabelledBoxes truths = truth.select(IntStream.range(0, truth.size())
                    .filter(t -> truth.classes()[t] == ofClass)
                    .toArray());
            Detections all = found.select(IntStream.range(0, found.size())
                    .filter(d -> found.classes()[d] == ofClass)
                    .toArray());
            if (truths.size() + all.size() > 0) {
                Detections best = all.select(
                        Arrays.stream(Ranking.order(all.scores())).limit(MOST).toArray());
                for (int area = 0; area < AREAS.length; area++) {
                    add(truths, best, AREAS[area], curves[k][area]);
                }
            }
        }
    }

    /** @param found of one class, the surest first */
    private static void add(LabelledBoxes truths, Detections found, double[] range, CocoCurves[] into) {
        boolean[] ignored = new boolean[truths.size()];
        for (int t = 0; t < truths.size(); t++) {
            ignored[t] = truths.difficult()[t] || truths.areas()[t] < range[0] || truths.areas()[t] > range[1];
        }
        // those that count first
        int[] order = IntStream.concat(
                        IntStream.range(0, truths.size()).filter(t -> !ignored[t]),
                        IntStream.range(0, truths.size()).filter(t -> ignored[t]))
                .toArray();
        byte[][] outcomes = new byte[found.size()][THRESHOLDS];
        for (int threshold = 0; threshold < THRESHOLDS; threshold++) {
            boolean[] taken = new boolean[truths.size()];
            for (int d = 0; d < found.size(); d++) {
                int match = match(truths, found.boxes(), d, order, ignored, taken, threshold);
                double area = found.boxes().area(d);
                boolean aside = match >= 0 ? ignored[match] : area < range[0] || area > range[1];
                outcomes[d][threshold] = aside ? CocoCurves.ASIDE : match >= 0 ? CocoCurves.RIGHT : CocoCurves.WRONG;
                if (match >= 0) {
                    taken[match] = true;
                }
            }
        }
        int positives =
                (int) IntStream.range(0, truths.size()).filter(t -> !ignored[t]).count();
        for (int few = 0; few < FEW.length; few++) {
            into[few].positives += positives;
            for (int d = 0; d < Math.min(FEW[few], found.size()); d++) {
                into[few].add(found.scores()[d], outcomes[d]);
            }
        }
    }

    /** The object that a detection stands for, -1 for none. */
    private static int match(
            LabelledBoxes truths, Boxes found, int d, int[] order, boolean[] ignored, boolean[] taken, int threshold) {
        double best = Math.min(threshold(threshold), 1 - 1e-10);
        int match = -1;
        for (int t : order) {
            if (taken[t] && !truths.difficult()[t]) {
                continue;
            }
            if (match >= 0 && !ignored[match] && ignored[t]) {
                break;
            }
            double overlap = overlap(found, d, truths, t);
            if (overlap >= best) {
                best = overlap;
                match = t;
            }
        }
        return match;
    }

    /** Of a crowd, the part of the detection that lies in it. */
    private static double overlap(Boxes found, int d, LabelledBoxes truths, int t) {
        Boxes boxes = truths.boxes();
        double width = Math.min(found.x2(d), boxes.x2(t)) - Math.max(found.x1(d), boxes.x1(t));
        double height = Math.min(found.y2(d), boxes.y2(t)) - Math.max(found.y1(d), boxes.y1(t));
        if (!(width > 0 && height > 0)) {
            return 0;
        }
        double both = width * height;
        return both / (truths.difficult()[t] ? found.area(d) : found.area(d) + boxes.area(t) - both);
    }

    static double threshold(int number) {
        return number == THRESHOLDS - 1 ? 0.95 : 0.5 + number * ((0.95 - 0.5) / 9);
    }

    /** More are {@code APS, APM, APL, AR1, AR10, AR100, ARS, ARM, ARL}. */
    @Override
    public DetectionScores scores() {
        double[] ofClass = new double[classes];
        double[] ofClass50 = new double[classes];
        for (int k = 0; k < classes; k++) {
            List<CocoCurves> own = List.of(curves[k][0][2]);
            ofClass[k] = mean(own, CocoCurves::precision);
            ofClass50[k] = mean(own, curve -> curve.precision(0));
        }
        Map<String, Double> more = new LinkedHashMap<>();
        for (int area = 1; area < AREAS.length; area++) {
            more.put("AP" + NAMES[area], mean(all(area, 2), CocoCurves::precision));
        }
        for (int few = 0; few < FEW.length; few++) {
            more.put("AR" + FEW[few], mean(all(0, few), CocoCurves::recall));
        }
        for (int area = 1; area < AREAS.length; area++) {
            more.put("AR" + NAMES[area], mean(all(area, 2), CocoCurves::recall));
        }
        return new DetectionScores(
                mean(all(0, 2), CocoCurves::precision),
                mean(all(0, 2), curve -> curve.precision(0)),
                mean(all(0, 2), curve -> curve.precision(5)),
                ofClass,
                ofClass50,
                more);
    }

    private List<CocoCurves> all(int area, int few) {
        List<CocoCurves> all = new ArrayList<>();
        for (CocoCurves[][] ofClass : curves) {
            all.add(ofClass[area][few]);
        }
        return all;
    }

    /** In percent, of the classes with objects that count; NaN where there are none. */
    private static double mean(List<CocoCurves> curves, java.util.function.ToDoubleFunction<CocoCurves> figure) {
        return 100
                * curves.stream()
                        .filter(curve -> curve.positives > 0)
                        .mapToDouble(figure)
                        .average()
                        .orElse(Double.NaN);
    }
}
