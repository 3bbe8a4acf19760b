package io.juxta.eval.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import org.junit.jupiter.api.Test;

/** COCO's figures against those of pycocotools 2.0.11 on boxes that anybody can make again. */
class CocoMetricTest {
    @Test
    void pycocotoolsNumbers() {
        CocoMetric metric = new CocoMetric(3);
        for (int picture = 0; picture < 12; picture++) {
            double[][] truths = truths(picture);
            metric.add(labelled(truths), detections(picture, truths));
        }
        DetectionScores scores = metric.scores();
        near(scores.ap(), 15.587103136675125);
        near(scores.ap50(), 39.89374175401829);
        near(scores.ap75(), 8.936917823056437);
        double[] more = {
            30.691685798389656,
            19.050298774205913,
            20.307402168788308,
            14.488636363636365,
            52.329545454545446,
            52.329545454545446,
            57.33333333333333,
            50,
            50
        };
        String[] names = {"APS", "APM", "APL", "AR1", "AR10", "AR100", "ARS", "ARM", "ARL"};
        assertThat(scores.more().keySet()).containsExactly(names);
        for (int i = 0; i < names.length; i++) {
            near(scores.more().get(names[i]), more[i]);
        }
        near(scores.ofClass()[0], 13.022667177056126);
        near(scores.ofClass()[1], 18.15153909629413);
        assertThat(scores.ofClass()[2]).isNaN();
        near(scores.ofClass50()[0], 38.836633663366335);
        near(scores.ofClass50()[1], 40.950849844670245);
    }

    private static void near(double actual, double expected) {
        assertThat(actual).isCloseTo(expected, within(1e-9));
    }

    /** x, y, width, height, class, crowd, area of each. */
    private static double[][] truths(int picture) {
        double[][] truths = new double[picture % 5][];
        for (int t = 0; t < truths.length; t++) {
            double[] v = values(1700 + picture, t);
            double w = 10 + (v[2] + 1) * (v[2] + 1) * 60;
            double h = 10 + (v[3] + 1) * (v[3] + 1) * 60;
            truths[t] = new double[] {
                (v[0] + 1) * 100,
                (v[1] + 1) * 100,
                w,
                h,
                v[4] < -0.2 ? 0 : 1,
                v[5] > 0.7 ? 1 : 0,
                w * h * (0.6 + 0.2 * (v[6] + 1))
            };
        }
        return truths;
    }

    private static double[] values(int tag, int row) {
        double[] values = new double[8];
        for (int k = 0; k < 8; k++) {
            values[k] = Filler.val(tag, 8L * row + k);
        }
        return values;
    }

    private static LabelledBoxes labelled(double[][] truths) {
        double[] xyxy = new double[4 * truths.length];
        int[] classes = new int[truths.length];
        boolean[] crowds = new boolean[truths.length];
        double[] areas = new double[truths.length];
        for (int t = 0; t < truths.length; t++) {
            put(xyxy, t, truths[t][0], truths[t][1], truths[t][2], truths[t][3]);
            classes[t] = (int) truths[t][4];
            crowds[t] = truths[t][5] == 1;
            areas[t] = truths[t][6];
        }
        return new LabelledBoxes(Boxes.of(xyxy), classes, crowds, areas);
    }

    private static Detections detections(int picture, double[][] truths) {
        double[] xyxy = new double[4 * 14];
        int[] classes = new int[14];
        double[] scores = new double[14];
        for (int d = 0; d < 14; d++) {
            double[] v = values(1800 + picture, d);
            if (truths.length > 0 && d % 2 == 0) {
                double[] t = truths[d / 2 % truths.length];
                put(
                        xyxy,
                        d,
                        t[0] + v[0] * t[2] * 0.2,
                        t[1] + v[1] * t[3] * 0.2,
                        t[2] * (1 + 0.15 * v[2]),
                        t[3] * (1 + 0.15 * v[3]));
                classes[d] = (int) t[4];
            } else {
                put(xyxy, d, (v[0] + 1) * 100, (v[1] + 1) * 100, 10 + (v[2] + 1) * 50, 10 + (v[3] + 1) * 50);
                classes[d] = (int) ((v[4] + 1) * 1.5);
            }
            scores[d] = (int) ((v[5] + 1) * 10) / 20.0;
        }
        return new Detections(Boxes.of(xyxy), classes, scores);
    }

    private static void put(double[] xyxy, int at, double x, double y, double w, double h) {
        xyxy[4 * at] = x;
        xyxy[4 * at + 1] = y;
        xyxy[4 * at + 2] = x + w;
        xyxy[4 * at + 3] = y + h;
    }
}
