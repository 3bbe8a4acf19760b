package io.juxta.eval.probe;

import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How far a classifier's probabilities can be believed, and the temperature by which scores are divided so that they can (Guo et al.,
 * 2017, "On Calibration of Modern Neural Networks", sections 2 and 4.2). The temperature has no influence on which class is first.
 *
 * @param temperature at which the labels are likeliest, from 0.05 to 20
 * @param before the expected calibration error of plain scores, 0 to 1: in the mean over 15 bins, how far the probability of the
 *     first class is from how often it is right
 * @param after the same of scores divided by a temperature that was fitted to the other half of the images
 * @param images that it was measured on
 */
@API(status = API.Status.INTERNAL)
public record Calibration(double temperature, double before, double after, long images) {
    private static final int BINS = 15;
    private static final double LEAST = 0.05;
    private static final double MOST = 20;
    /** Images that a temperature is fitted to; more would change its third digit. */
    private static final long ENOUGH = 20_000;

    private static final int HALVINGS = 40;
    private static final long[] CLASSES = {1};

    /**
     * Measures and fits.
     *
     * @param scores (N, C)
     * @param labels int64 (N)
     */
    public static Calibration of(Tensor scores, Tensor labels) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long all = labels.size(0);
            long step = 1 + (all - 1) / ENOUGH;
            Tensor s = every(scores, 0, step);
            Tensor y = every(labels, 0, step);
            double temperature = temperature(s, y);
            double before = error(s, y, 1);
            double after = 0;
            for (int half = 0; half < 2 && y.size(0) > 1; half++) {
                Tensor mine = every(s, half, 2);
                double others = temperature(every(s, 1 - half, 2), every(y, 1 - half, 2));
                after += error(mine, every(y, half, 2), others) * mine.size(0) / y.size(0);
            }
            return new Calibration(temperature, before, y.size(0) > 1 ? after : before, y.size(0));
        }
    }

    private static Tensor every(Tensor rows, long from, long step) {
        return rows.slice(0, new LongOptional(from), new LongOptional(), step);
    }

    /** The negative log likelihood is convex in 1 / T: its slope is halved to zero. */
    static double temperature(Tensor scores, Tensor labels) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor s = scores.to(ScalarType.Double);
            Tensor own = s.gather(1, labels.unsqueeze(1)).squeeze(1);
            double low = Math.log(1 / MOST);
            double high = Math.log(1 / LEAST);
            for (int i = 0; i < HALVINGS; i++) {
                double middle = (low + high) / 2;
                if (slope(s, own, Math.exp(middle)) > 0) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return 1 / Math.exp((low + high) / 2);
        }
    }

    /** What is expected of the scores less what the labels have. */
    private static double slope(Tensor scores, Tensor own, double inverse) {
        try (PointerScope scope = new PointerScope()) {
            Tensor expected = torch.softmax(scores.mul(new Scalar(inverse)), 1)
                    .mul(scores)
                    .sum(CLASSES);
            return expected.sub(own).mean().item_double();
        }
    }

    /** The expected calibration error of scores divided by a temperature. */
    static double error(Tensor scores, Tensor labels, double temperature) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            T_TensorTensor_T first = torch.softmax(scores.to(ScalarType.Double).div(new Scalar(temperature)), 1)
                    .max(1);
            int count = Math.toIntExact(labels.size(0));
            double[] sure = new double[count];
            first.get0().cpu().contiguous().data_ptr_double().get(sure);
            long[] named = new long[count];
            first.get1().cpu().contiguous().data_ptr_long().get(named);
            long[] right = new long[count];
            labels.cpu().contiguous().data_ptr_long().get(right);
            double[] gap = new double[BINS];
            for (int i = 0; i < count; i++) {
                int bin = Math.min(BINS - 1, Math.max(0, (int) Math.ceil(sure[i] * BINS) - 1));
                gap[bin] += sure[i] - (named[i] == right[i] ? 1 : 0);
            }
            double error = 0;
            for (double each : gap) {
                error += Math.abs(each) / count;
            }
            return error;
        }
    }

    /** Behind an accuracy. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "calibration error %.1f %%, %.1f %% at temperature %.3g",
                100 * before,
                100 * after,
                temperature);
    }
}
