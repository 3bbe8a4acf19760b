package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class PrototypeUsageTest {
    private final PrototypeUsage usage = new PrototypeUsage(List.of(4, 3), new Device("cpu"));

    /** Scores of rows whose nearest prototypes are these. */
    private static Tensor nearest(int prototypes, int... rows) {
        Tensor scores = torch.zeros(rows.length, prototypes);
        for (int row = 0; row < rows.length; row++) {
            scores.select(0, row).narrow(0, rows[row], 1).fill_(new Scalar(1));
        }
        return scores;
    }

    @Test
    void prototypesUsedAlikeHaveAllOfTheEntropy() {
        try (PointerScope scope = new PointerScope()) {
            usage.count(0, nearest(4, 0, 1, 2, 3));
            usage.count(1, nearest(3, 2, 1, 0));
            assertThat(usage.figures().get("prototype_entropy")).isCloseTo(1, within(1e-12));
            assertThat(usage.figures()).containsEntry("dead_prototypes", 0.0);
        }
    }

    @Test
    void eachHeadIsMeasuredByItself() {
        try (PointerScope scope = new PointerScope()) {
            usage.count(0, nearest(4, 0, 0));
            usage.count(0, nearest(4, 1, 1));
            usage.count(1, nearest(3, 1, 1));
            // half of ln 4 in the first, nothing in the second
            assertThat(usage.figures().get("prototype_entropy")).isCloseTo(0.25, within(1e-12));
            assertThat(usage.figures()).containsEntry("dead_prototypes", 100.0 * 4 / 7);
            usage.reset();
            assertThat(usage.figures()).isEmpty();
        }
    }

    @Test
    void countsAsASlowLoopDoes() {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = Filler.tensor(7, ScalarType.Float, 50, 4);
            long[] expected = new long[4];
            for (int row = 0; row < 50; row++) {
                int best = 0;
                for (int k = 1; k < 4; k++) {
                    float score = scores.select(0, row).select(0, k).item_float();
                    best = score > scores.select(0, row).select(0, best).item_float() ? k : best;
                }
                expected[best]++;
            }
            usage.count(0, scores);
            long[] counted = new long[7];
            usage.counts().data_ptr_long().get(counted);
            assertThat(counted).startsWith(expected).endsWith(0, 0, 0);
        }
    }
}
