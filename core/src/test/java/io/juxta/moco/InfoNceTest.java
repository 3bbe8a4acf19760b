package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InfoNceTest {
    @ParameterizedTest
    @CsvSource({"1, 5, Float", "5, 5, Float", "1, 9, Double", "5, 16, Double", "10, 16, Float", "17, 16, Float"})
    void accuracyIsThatOfTopk(int top, int negatives, ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = Filler.tensor(500 + top, type, 200, negatives + 1);
            int n = (int) logits.size(0);
            int right = 0;
            Tensor largest = torch.topk(logits, Math.min(top, negatives + 1)).get1();
            for (int row = 0; row < n; row++) {
                right += largest.get(row).eq(new Scalar(0)).any().item_bool() ? 1 : 0;
            }
            assertThat(InfoNce.accuracy(logits, top)).isCloseTo((double) right / n, within(1e-12));
        }
    }

    /** A collapsed encoder embeds everything alike: it wins nothing. */
    @Test
    void aTieIsNoWin() {
        try (PointerScope scope = new PointerScope()) {
            Tensor alike = torch.full(new long[] {6, 33}, new Scalar(5));
            assertThat(InfoNce.accuracy(alike, 1)).isZero();
            assertThat(InfoNce.accuracy(alike, 5)).isZero();
            Tensor tied = Tensor.create(new double[] {3, 3, 1, 1, 3, 2, 1, 1}, 2, 4);
            assertThat(InfoNce.accuracy(tied, 1)).isEqualTo(0.5);
            assertThat(InfoNce.accuracy(tied, 2)).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoNumberIsNoWin() {
        try (PointerScope scope = new PointerScope()) {
            assertThat(InfoNce.accuracy(torch.full(new long[] {6, 33}, new Scalar(Double.NaN)), 5))
                    .isZero();
        }
    }

    @Test
    void theFiguresAreTheAccuraciesAndTheMeans() {
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = Filler.tensor(3, ScalarType.Double, 50, 20);
            double[] sums = new double[2];
            for (int n = 0; n < 50; n++) {
                for (int c = 0; c < 20; c++) {
                    sums[c == 0 ? 0 : 1] += logits.get(n).get(c).item_double();
                }
            }
            double[] figures = InfoNce.figures(logits).values().stream()
                    .mapToDouble(Tensor::item_double)
                    .toArray();
            assertThat(figures)
                    .containsExactly(
                            new double[] {
                                100 * InfoNce.accuracy(logits, 1),
                                100 * InfoNce.accuracy(logits, 5),
                                sums[0] / 50,
                                sums[1] / 950
                            },
                            within(1e-9));
        }
    }

    @Test
    void knowingNothingCostsTheLogarithmOfTheClasses() {
        try (PointerScope scope = new PointerScope()) {
            double loss = InfoNce.loss(torch.zeros(7, 4097)).item_double();
            assertThat(loss).isCloseTo(Math.log(4097), within(1e-5));
        }
    }
}
