package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Goldens;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class EmbeddingQueueTest {
    @RepeatedTest(10)
    void holdsTheLatestAndIsFullWhenTheLastRowIs(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int N = 1 + random.nextInt(5);
        int L = N + random.nextInt(12);
        try (PointerScope scope = new PointerScope();
                EmbeddingQueue queue = new EmbeddingQueue(2, L, 1)) {
            List<Double> expected = new ArrayList<>();
            double next = 1;
            for (int push = 0; push < 9; push++) {
                assertThat(queue.isFull(1)).isEqualTo((long) push * N >= L);
                float[] batch = new float[N];
                for (int n = 0; n < N; n++) {
                    batch[n] = (float) next++;
                    expected.add(n, (double) batch[n]);
                }
                queue.push(1, Tensor.create(batch, N, 1));
                double[] rows = Goldens.values(queue.of(1));
                for (int row = 0; row < L; row++) {
                    assertThat(rows[row]).isEqualTo(row < expected.size() ? expected.get(row) : 0);
                }
            }
            assertThat(queue.isFull(0)).isFalse();
            assertThat(queue.of(0).abs().sum().item_double()).isEqualTo(0);
        }
    }

    @Test
    void refusesABatchThatIsLonger() {
        try (PointerScope scope = new PointerScope();
                EmbeddingQueue queue = new EmbeddingQueue(1, 4, 3)) {
            assertThatThrownBy(() -> queue.push(0, torch.zeros(5, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("queue-length 4 is below the batch of 5: make it at least as long, or 0 for no queue");
        }
    }
}
