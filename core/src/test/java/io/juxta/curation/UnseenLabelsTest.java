package io.juxta.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.eval.neighbours.Neighbours;
import io.juxta.eval.probe.SoftmaxRegression;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Labels judged by classifiers that have not learned from them. */
class UnseenLabelsTest {
    private static final int WIDTH = 6;
    private static final int CLASSES = 3;
    private static final int N = 150;

    /** Of three classes in turn, each along its axis. */
    private static float[] values() {
        SplittableRandom random = new SplittableRandom(2);
        float[] values = new float[N * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        for (int i = 0; i < N; i++) {
            values[i * WIDTH + i / (N / CLASSES)] += 1.5f;
        }
        return values;
    }

    private static int[] labels() {
        return IntStream.range(0, N).map(i -> i / (N / CLASSES)).toArray();
    }

    private static Optional<double[]> odds(int[] labels) throws InterruptedIOException {
        try (PointerScope scope = new PointerScope()) {
            return UnseenLabels.of(Tensor.create(values(), N, WIDTH), labels, CLASSES, done -> {});
        }
    }

    /** One picture at a time, by the classifier of all that are not of its fifth. */
    @Test
    void eachIsJudgedByOthers() throws InterruptedIOException {
        int[] labels = labels();
        labels[3] = 2;
        labels[70] = 0;
        labels[20] = -1;
        double[] odds = odds(labels).orElseThrow();
        int[] known = IntStream.range(0, N).filter(i -> labels[i] >= 0).toArray();
        float[] values = values();
        for (int at : new int[] {0, 3, 19, 60, 70, 140}) {
            int[] others = IntStream.range(0, known.length)
                    .filter(i -> i % 5 != at % 5)
                    .map(i -> known[i])
                    .toArray();
            float[] rows = new float[others.length * WIDTH];
            for (int i = 0; i < others.length; i++) {
                System.arraycopy(values, others[i] * WIDTH, rows, i * WIDTH, WIDTH);
            }
            try (PointerScope scope = new PointerScope();
                    SoftmaxRegression classifier = SoftmaxRegression.fit(
                            Tensor.create(rows, others.length, WIDTH),
                            Tensor.create(Arrays.stream(others)
                                    .mapToLong(i -> labels[i])
                                    .toArray()),
                            CLASSES,
                            0.1 / others.length)) {
                Tensor one =
                        Tensor.create(Arrays.copyOfRange(values, known[at] * WIDTH, (known[at] + 1) * WIDTH), 1, WIDTH);
                Tensor logs = torch.log_softmax(classifier.scores(one), 1);
                double own = logs.select(1, labels[known[at]]).item_double();
                assertThat(odds[known[at]]).isCloseTo(own - logs.max().item_double(), within(1e-4));
            }
        }
        assertThat(odds[20]).isZero();
    }

    /** Wrong labels come first, of those that the neighbours doubt as well. */
    @Test
    void wrongLabelsComeFirst() throws InterruptedIOException {
        int[] labels = labels();
        List<Integer> wrong = List.of(5, 33, 61, 99, 120, 147);
        wrong.forEach(i -> labels[i] = (labels[i] + 1) % CLASSES);
        try (PointerScope scope = new PointerScope()) {
            Tensor values = Tensor.create(values(), N, WIDTH);
            List<LabelDoubt> doubts = LabelDoubt.of(Neighbours.of(values, 7, done -> {}), labels, CLASSES);
            List<LabelDoubt> ordered = LabelDoubt.ordered(doubts, odds(labels).orElseThrow());
            assertThat(ordered).containsExactlyInAnyOrderElementsOf(doubts);
            assertThat(ordered.subList(0, wrong.size()).stream().map(LabelDoubt::image))
                    .containsExactlyInAnyOrderElementsOf(wrong);
        }
    }

    @Test
    void whereThereIsTooLittleOrTooMuchNothingIsSaid() throws InterruptedIOException {
        int[] few = new int[N];
        Arrays.fill(few, -1);
        few[0] = 0;
        few[149] = 2;
        assertThat(odds(few)).isEmpty();
        try (PointerScope scope = new PointerScope()) {
            Tensor values = Tensor.create(values(), N, WIDTH);
            assertThat(UnseenLabels.of(values, new int[N], 1, done -> {})).isEmpty();
            assertThat(UnseenLabels.of(values, labels(), 1_000_000, done -> {})).isEmpty();
            AtomicInteger judged = new AtomicInteger();
            UnseenLabels.of(values, labels(), CLASSES, judged::addAndGet);
            assertThat(judged).hasValue(N);
        }
        // all of one fifth of a class that no other has
        int[] alone = labels();
        Arrays.fill(alone, 0);
        alone[5] = 2;
        assertThat(odds(alone).orElseThrow()[5]).isNegative();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> odds(labels())).isInstanceOf(InterruptedIOException.class);
    }
}
