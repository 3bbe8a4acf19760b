package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batch norm over the batches of several processes is batch norm of the whole batch, forward and backward. */
@Tag("slow")
@Timeout(60)
class SynchronizedBatchNormTest {
    private static final int N = 12;
    private static final int C = 3;

    @ParameterizedTest
    @CsvSource({"2, Float, 1e-5", "2, Double, 1e-12", "3, Double, 1e-12"})
    void isThatOfTheWholeBatch(int processes, ScalarType type, double tolerance) throws Exception {
        double[] whole = Ranks.run(1, communicator -> run(communicator, type)).get(0);
        List<double[]> parts = Ranks.run(processes, communicator -> run(communicator, type));
        int rows = N * C * 2 * 2;
        for (int half = 0; half < 2; half++) { // outputs, then gradients of inputs: rank after rank
            int from = half * rows / processes;
            double[] joined = parts.stream()
                    .flatMapToDouble(part -> Arrays.stream(part, from, from + rows / processes))
                    .toArray();
            assertThat(joined)
                    .containsExactly(Arrays.copyOfRange(whole, half * rows, half * rows + rows), within(tolerance));
        }
        // gradients of weight and bias add up
        for (int i = 0; i < 2 * C; i++) {
            int place = 2 * rows / processes + i;
            double sum = parts.stream().mapToDouble(part -> part[place]).sum();
            assertThat(sum).isCloseTo(whole[2 * rows + i], within(10 * tolerance));
        }
        // running statistics are everybody's
        for (double[] part : parts) {
            assertThat(Arrays.copyOfRange(part, part.length - 2 * C, part.length))
                    .containsExactly(Arrays.copyOfRange(whole, whole.length - 2 * C, whole.length), within(tolerance));
        }
    }

    /**
     * As within a region of bfloat16, whose eight bits cannot hold the 2 x 325 values of a channel: counts are whole, statistics
     * those of float32, outputs as near as the type allows.
     */
    @Test
    void inBfloat16NothingIsMiscounted() throws Exception {
        double[] whole = Ranks.run(1, SynchronizedBatchNormTest::shorter).get(0);
        List<double[]> parts = Ranks.run(2, SynchronizedBatchNormTest::shorter);
        int rows = 26 * C * 25;
        double largest = Arrays.stream(whole, 0, rows).map(Math::abs).max().orElseThrow();
        double[] outputs = parts.stream()
                .flatMapToDouble(part -> Arrays.stream(part, 0, rows / 2))
                .toArray();
        assertThat(outputs).containsExactly(Arrays.copyOf(whole, rows), within(largest / 128));
        for (double[] part : parts) {
            assertThat(part[part.length - 1]).as("values seen").isEqualTo(650);
            assertThat(Arrays.copyOfRange(part, rows / 2, part.length))
                    .containsExactly(Arrays.copyOfRange(whole, rows, whole.length), within(1e-5));
        }
    }

    /** Outputs, running statistics, and how many values there were. */
    private static double[] shorter(Communicator communicator) {
        try (PointerScope scope = new PointerScope()) {
            BatchNorm norm = new BatchNorm(C, 1);
            norm.train(true);
            norm.synchronize(communicator);
            int n = 26 / communicator.size();
            Tensor x = Filler.tensor(1, ScalarType.Float, 26, C, 5, 5)
                    .add(Filler.tensor(2, 3, ScalarType.Float, 26, 1, 1, 1))
                    .narrow(0, (long) communicator.rank() * n, n)
                    .to(ScalarType.BFloat16)
                    .set_requires_grad(true);
            Tensor y = norm.forward(x);
            assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
            y.sum().backward();
            assertThat(x.grad().scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
            return joined(y, norm.runningMean(), norm.runningVar(), Tensor.create(new double[] {norm.valuesSeen()}));
        }
    }

    /** Outputs, gradients of inputs, of weight and bias, running statistics. */
    private static double[] run(Communicator communicator, ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            BatchNorm norm = new BatchNorm(C, 1);
            StateDict.convert(norm, type);
            norm.train(true);
            norm.synchronize(communicator);
            int n = N / communicator.size();
            int from = communicator.rank() * n;
            // far from zero, and apart from process to process
            Tensor x = Filler.tensor(1, type, N, C, 2, 2)
                    .add(Filler.tensor(2, 3, type, N, 1, 1, 1))
                    .narrow(0, from, n)
                    .clone()
                    .set_requires_grad(true);
            Tensor direction = Filler.tensor(3, type, N, C, 2, 2).narrow(0, from, n);
            Tensor y = norm.forward(x);
            y.mul(y).mul(direction).sum().backward();
            var parameters = StateDict.parameters(norm);
            var state = StateDict.of(norm);
            return joined(
                    y,
                    x.grad(),
                    Objects.requireNonNull(parameters.get("weight")).grad(),
                    Objects.requireNonNull(parameters.get("bias")).grad(),
                    Objects.requireNonNull(state.get("running_mean")),
                    Objects.requireNonNull(state.get("running_var")));
        }
    }

    private static double[] joined(Tensor... tensors) {
        return Arrays.stream(tensors)
                .flatMapToDouble(tensor -> Arrays.stream(Goldens.values(tensor)))
                .toArray();
    }
}
