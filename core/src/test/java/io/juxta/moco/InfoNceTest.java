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

    @Test
    void knowingNothingCostsTheLogarithmOfTheClasses() {
        try (PointerScope scope = new PointerScope()) {
            double loss = InfoNce.loss(torch.zeros(7, 4097)).item_double();
            assertThat(loss).isCloseTo(Math.log(4097), within(1e-5));
        }
    }
}
