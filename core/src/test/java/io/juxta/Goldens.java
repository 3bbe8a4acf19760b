package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Comparisons with numbers of the original program. */
public final class Goldens {
    private Goldens() {}

    /** The signed sum, the sum of absolute values and the first values of a tensor. */
    public static void checksum(Tensor x, double sum, double abs, double... first) {
        checksum(2e-6, x, sum, abs, first);
    }

    /** @param tolerance of single values */
    public static void checksum(double tolerance, Tensor x, double sum, double abs, double... first) {
        Tensor values = x.detach().to(ScalarType.Double).contiguous().flatten();
        assertThat(values.sum().item_double()).isCloseTo(sum, within(2e-3));
        assertThat(values.abs().sum().item_double()).isCloseTo(abs, within(1e-5 * abs));
        values(values.narrow(0, 0, first.length), tolerance, first);
    }

    /**
     * Values that may differ by float rounding: relative to the size of what is compared where that is above 1.
     *
     * @param tolerance for a value of 1, about twenty units in float32's last place
     */
    public static void rounded(Tensor x, double tolerance, double... expected) {
        double[] values = values(x);
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
        }
    }

    public static void values(Tensor x, double tolerance, double... expected) {
        assertThat(values(x)).containsExactly(expected, within(tolerance));
    }

    /** Row-major. */
    public static double[] values(Tensor x) {
        Tensor flat = x.detach().to(ScalarType.Double).contiguous().flatten();
        double[] values = new double[(int) flat.numel()];
        flat.data_ptr_double().get(values);
        return values;
    }

    public static long[] whole(Tensor x) {
        Tensor flat = x.contiguous().flatten();
        long[] values = new long[(int) flat.numel()];
        flat.data_ptr_long().get(values);
        return values;
    }
}
