package io.juxta.detect;

import static io.juxta.detect.Drawn.near;

import io.juxta.train.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rate against numbers of detectron2's scheduler. */
class DetectionRateGoldenTest {
    /** DET-10. */
    @Test
    void rate() {
        DetectionRate voc = new DetectionRate(0.02, 1000, 100, List.of(18 / 24.0, 22 / 24.0), 16);
        Schedule rate = voc.schedule(16);
        double sum = 0;
        for (int t = 0; t < 24000; t++) {
            sum += rate.at(t / 1000, t % 1000, 1000, 24);
        }
        near(sum, 367.39101, 1e-8);
        int[] steps = {0, 1, 10, 50, 99, 100, 17999, 18000, 21999, 22000, 23999};
        double[] expected = {2e-5, 0.0002198, 0.002018, 0.01001, 0.0198002, 0.02, 0.02, 0.002, 0.002, 0.0002, 0.0002};
        for (int k = 0; k < steps.length; k++) {
            near(rate.at(steps[k] / 1000, steps[k] % 1000, 1000, 24), expected[k], 1e-9);
        }
        Schedule coco = new DetectionRate(0.02, 5000, 1000, List.of(12 / 18.0, 16 / 18.0), 16).schedule(16);
        near(coco.at(0, 999, 5000, 36), 0.01998002, 1e-9);
        near(coco.at(23, 4999, 5000, 36), 0.02, 1e-9);
        near(coco.at(24, 0, 5000, 36), 0.002, 1e-9);
        near(coco.at(31, 4999, 5000, 36), 0.002, 1e-9);
        near(coco.at(32, 0, 5000, 36), 0.0002, 1e-9);
    }
}
