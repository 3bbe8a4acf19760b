package io.juxta.eval;

import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * How often the right class is the one, or among the five, with the highest scores.
 *
 * @param top1 in percent
 * @param top5 in percent; 100 where there are at most five classes
 * @param count of the images judged
 */
@API(status = API.Status.EXPERIMENTAL)
public record Accuracy(double top1, double top5, long count) {
    /**
     * Judges scores.
     *
     * @param scores (N, C), the higher the likelier
     * @param labels int64 (N), from 0 to C - 1
     */
    public static Accuracy of(Tensor scores, Tensor labels) {
        long[] right = right(scores, labels);
        return of(right[0], right[1], scores.size(0));
    }

    public static Accuracy of(long right1, long right5, long count) {
        return new Accuracy(100.0 * right1 / Math.max(1, count), 100.0 * right5 / Math.max(1, count), count);
    }

    /** How many are right by the first and by the first five. */
    public static long[] right(Tensor scores, Tensor labels) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor best =
                    scores.topk(Math.min(5, scores.size(1)), 1, true, true).get1();
            Tensor hits = best.eq(labels.unsqueeze(1));
            return new long[] {
                hits.narrow(1, 0, 1).sum().item_long(), hits.sum().item_long()
            };
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "top-1 %.2f %%, top-5 %.2f %% of %d", top1, top5, count);
    }
}
