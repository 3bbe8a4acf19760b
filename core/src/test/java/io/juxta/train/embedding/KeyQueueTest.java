package io.juxta.train.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyQueueTest {
    /** One key after the other into the next column, from the first again behind the last. */
    private static final class OneByOne {
        private final float[][] columns;
        private int pointer;

        OneByOne(int size) {
            columns = new float[size][];
        }

        void enqueue(float[] key) {
            columns[pointer] = key;
            pointer = (pointer + 1) % columns.length;
        }
    }

    /** Against a queue of the steps' numbers. */
    @ParameterizedTest
    @CsvSource({"12, 4", "12, 5", "12, 12", "12, 30", "7, 1"})
    void theMeanAgeIsThatOfTheKeysThatStepsHaveMade(int size, int perStep) {
        Deque<Long> madeBy = new ArrayDeque<>();
        for (long step = 0; step < 20; step++) {
            long now = step;
            double expected =
                    madeBy.stream().mapToLong(made -> now - made).average().orElse(0);
            assertThat(KeyQueue.meanAge(step, perStep, size)).isCloseTo(expected, within(1e-12));
            for (int key = 0; key < perStep; key++) {
                madeBy.addLast(step);
                if (madeBy.size() > size) {
                    madeBy.removeFirst();
                }
            }
        }
    }

    @RepeatedTest(25)
    void wrapsAsOneByOne(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int dim = 1 + random.nextInt(5);
        int size = 1 + random.nextInt(20);
        try (PointerScope scope = new PointerScope();
                KeyQueue queue = new KeyQueue(torch.zeros(dim, size))) {
            OneByOne expected = new OneByOne(size);
            for (int i = 0; i < size; i++) {
                expected.columns[i] = new float[dim];
            }
            for (int round = 0; round < 12; round++) {
                // up to three times round in one call
                int count = 1 + random.nextInt(3 * size);
                float[] keys = new float[count * dim];
                for (int n = 0; n < count; n++) {
                    float[] key = new float[dim];
                    for (int d = 0; d < dim; d++) {
                        key[d] = random.nextFloat();
                        keys[n * dim + d] = key[d];
                    }
                    expected.enqueue(key);
                }

                queue.enqueue(Tensor.create(keys, count, dim));

                assertThat(queue.pointer()).isEqualTo(expected.pointer);
                assertThat(columns(queue)).isDeepEqualTo(expected.columns);
            }
        }
    }

    @Test
    void goesOnFromARestoredPointer() {
        try (PointerScope scope = new PointerScope();
                KeyQueue queue = new KeyQueue(torch.zeros(1, 5))) {
            queue.pointer(3);
            queue.enqueue(Tensor.create(new float[] {1, 2, 3}, 3, 1));
            assertThat(columns(queue)).isDeepEqualTo(new float[][] {{3}, {0}, {0}, {1}, {2}});
            assertThat(queue.pointer()).isEqualTo(1);
        }
    }

    /** The columns are written where they lie: an optimiser or checkpoint that holds the tensor sees them. */
    @Test
    void writesIntoItsOwnMemory() {
        try (PointerScope scope = new PointerScope();
                KeyQueue queue = new KeyQueue(torch.zeros(2, 3))) {
            Tensor held = queue.keys();
            queue.enqueue(torch.ones(1, 2));
            assertThat(held.sum().item_double()).isEqualTo(2);
        }
    }

    @Test
    void startsWithRandomDirections() {
        try (PointerScope scope = new PointerScope();
                KeyQueue queue = new KeyQueue(16, 40)) {
            assertThat(queue.size()).isEqualTo(40);
            assertThat(queue.pointer()).isEqualTo(0);
            for (float[] column : columns(queue)) {
                double square = 0;
                for (float value : column) {
                    square += value * value;
                }
                assertThat(square).isCloseTo(1, within(1e-5));
            }
            assertThat(queue.keys().requires_grad()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE})
    void refusesAPointerOutside(long pointer) {
        try (PointerScope scope = new PointerScope();
                KeyQueue queue = new KeyQueue(torch.zeros(1, 5))) {
            assertThatThrownBy(() -> queue.pointer(pointer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("queue pointer " + pointer + " is outside 0..4");
        }
    }

    private static float[][] columns(KeyQueue queue) {
        Tensor rows = queue.keys().t().contiguous();
        int dim = (int) rows.size(1);
        float[] flat = new float[(int) rows.numel()];
        rows.data_ptr_float().get(flat);
        float[][] columns = new float[(int) rows.size(0)][dim];
        for (int i = 0; i < flat.length; i++) {
            columns[i / dim][i % dim] = flat[i];
        }
        return columns;
    }
}
