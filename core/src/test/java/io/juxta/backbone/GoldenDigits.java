package io.juxta.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the programs computed in, and what networks are trained in. */
enum GoldenDigits {
    DOUBLE(ScalarType.Double, 1e-7, 1e-7),
    FLOAT(ScalarType.Float, 1e-4, 1e-6);

    final ScalarType type;
    private final double signed;
    private final double absolute;

    GoldenDigits(ScalarType type, double signed, double absolute) {
        this.type = type;
        this.signed = signed;
        this.absolute = absolute;
    }

    /** Signed sum, sum of absolute values, first values; in double each of the eight digits that are printed. */
    void check(double single, Tensor x, double sum, double abs, double... first) {
        double[] all = Goldens.values(x);
        double total = 0;
        double size = 0;
        for (double value : all) {
            total += value;
            size += Math.abs(value);
        }
        boolean exact = this == DOUBLE;
        if (!Double.isNaN(sum)) {
            double few = exact ? 1e-7 * Math.max(1e-1, Math.abs(sum)) : signed;
            assertThat(total).as("signed sum").isCloseTo(sum, within(few));
        }
        if (!Double.isNaN(abs)) {
            assertThat(size).as("sum of absolute values").isCloseTo(abs, within(absolute * abs));
        }
        for (int i = 0; i < first.length; i++) {
            double few = exact ? 1e-7 * Math.max(1e-1, Math.abs(first[i])) : single;
            assertThat(all[i]).as("value " + i).isCloseTo(first[i], within(few));
        }
    }

    /** Of the forward pass. */
    void tokens(Tensor x, double sum, double abs, double... first) {
        check(5e-6, x, sum, abs, first);
    }

    /** Of the backward pass. */
    void gradient(Tensor x, double sum, double abs, double... first) {
        check(2e-5, x, sum, abs, first);
    }
}
