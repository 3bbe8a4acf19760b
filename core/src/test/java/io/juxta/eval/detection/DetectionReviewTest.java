package io.juxta.eval.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.eval.detection.DetectionReview.Kind;
import org.junit.jupiter.api.Test;

/** A picture of everything that can be said of boxes, counted by hand. */
class DetectionReviewTest {
    @Test
    void everyWayOfBeingWrongIsNamed() {
        LabelledBoxes truth = new LabelledBoxes(
                Boxes.of(0, 0, 10, 10, 20, 0, 30, 10, 40, 0, 60, 20, 80, 0, 90, 10),
                new int[] {0, 0, 1, 0},
                new boolean[] {false, false, false, true},
                new double[] {100, 100, 400, 100});
        Detections found = new Detections(
                Boxes.of(
                        0, 0, 10, 10, // right
                        0, 0, 10, 9, // the same again
                        40, 0, 60, 19, // an object of the other class
                        80, 0, 90, 9, // difficult: neither
                        20, 0, 30, 4, // too loose
                        20, 0, 30, 9, // right, and not sure enough to count as said
                        0, 50, 5, 55), // nothing there
                new int[] {0, 0, 0, 0, 0, 0, 1},
                new double[] {0.9, 0.8, 0.7, 0.65, 0.6, 0.4, 0.3});
        DetectionReview review = new DetectionReview(2);
        review.add(7, new PictureSize(100, 100), truth, found);
        DetectionReview.Curve curve = review.curve(0);
        assertThat(curve.objects()).isEqualTo(2);
        assertThat(curve.recall()).containsExactly(0.5, 0.5, 0.5, 0.5, 1.0);
        assertThat(curve.precision()).containsExactly(1.0, 1 / 2.0, 1 / 3.0, 1 / 4.0, 2 / 5.0);
        assertThat(review.curve(1).recall()).containsExactly(0.0);
        assertThat(review.worst(2))
                .extracting(DetectionReview.Mistake::kind)
                .containsExactly(Kind.MISS, Kind.MISS, Kind.DOUBLE, Kind.FALSE_ALARM, Kind.FALSE_ALARM);
        DetectionReview.Mistake largest = review.worst(1).get(0);
        assertThat(largest.label()).isEqualTo(1);
        assertThat(largest.gravity()).isEqualTo(0.04);
        assertThat(largest.picture()).isEqualTo(7);
        DetectionReview.Mistake other = review.worst(1).get(2);
        assertThat(other.label()).isZero();
        assertThat(other.nearest()).isEqualTo(2);
        assertThat(other.overlap()).isEqualTo(0.95);
        assertThat(review.count(Kind.MISS)).isEqualTo(2);
        assertThat(review.count(Kind.DOUBLE)).isEqualTo(1);
        assertThat(review.count(Kind.FALSE_ALARM)).isEqualTo(2);
    }
}
