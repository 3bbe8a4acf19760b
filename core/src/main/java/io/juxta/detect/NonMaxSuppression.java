package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Of boxes that overlap, the best alone (Felzenszwalb et al., 2010, section 6.2): from the highest score down, each that
 * does not overlap one that was kept by more than a threshold. Of equal scores the first comes first. Memory grows with
 * the number of boxes, time with that number times what is kept.
 */
@API(status = API.Status.INTERNAL)
public final class NonMaxSuppression {
    private NonMaxSuppression() {}

    /**
     * Places of the boxes that are kept, the best first.
     *
     * @param threshold of IoU: what is above it goes, what is equal stays
     * @param most how many are kept at most
     */
    public static int[] keep(Boxes boxes, double[] scores, double threshold, int most) {
        int[] order = byScore(scores);
        int[] kept = new int[Math.min(most, order.length)];
        int count = 0;
        for (int k = 0; k < order.length && count < kept.length; k++) {
            if (isFree(boxes, order[k], kept, count, threshold)) {
                kept[count++] = order[k];
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private static boolean isFree(Boxes boxes, int candidate, int[] kept, int count, double threshold) {
        for (int k = 0; k < count; k++) {
            if (boxes.iou(kept[k], boxes, candidate) > threshold) {
                return false;
            }
        }
        return true;
    }

    /** Places by falling score; equal ones keep their order. */
    static int[] byScore(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
