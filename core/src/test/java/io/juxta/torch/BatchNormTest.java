package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchNormTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double[] doubles(Tensor tensor) {
        double[] values = new double[(int) tensor.numel()];
        tensor.detach().to(ScalarType.Double).contiguous().data_ptr_double().get(values);
        return values;
    }

    private static void assertClose(Tensor actual, double[] expected, double tolerance) {
        double[] values = doubles(actual);
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i]).as("value %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }

    /** Batch norm one number at a time: x, gradient of the output and of the input are (N, C, S), row-major. */
    private static final class Slow {
        final double[] y;
        final double[] dx;
        final double[] dWeight;
        final double[] dBias;
        final double[] mean;
        final double[] var;

        Slow(double[] x, double[] dy, double[] weight, double[] bias, int n, int c, int s, int groups) {
            y = new double[x.length];
            dx = new double[x.length];
            dWeight = new double[c];
            dBias = new double[c];
            mean = new double[c];
            var = new double[c];
            int rows = n / groups;
            int m = rows * s;
            for (int g = 0; g < groups; g++) {
                for (int ch = 0; ch < c; ch++) {
                    double sum = 0;
                    double squares = 0;
                    for (int i = 0; i < m; i++) {
                        sum += x[at(g, rows, ch, c, s, i)];
                    }
                    double mu = sum / m;
                    for (int i = 0; i < m; i++) {
                        squares += Math.pow(x[at(g, rows, ch, c, s, i)] - mu, 2);
                    }
                    double sigma = Math.sqrt(squares / m + 1e-5);
                    double sumDy = 0;
                    double sumDyXhat = 0;
                    for (int i = 0; i < m; i++) {
                        int k = at(g, rows, ch, c, s, i);
                        double xhat = (x[k] - mu) / sigma;
                        y[k] = xhat * weight[ch] + bias[ch];
                        sumDy += dy[k];
                        sumDyXhat += dy[k] * xhat;
                    }
                    for (int i = 0; i < m; i++) {
                        int k = at(g, rows, ch, c, s, i);
                        double xhat = (x[k] - mu) / sigma;
                        dx[k] = weight[ch] / sigma * (dy[k] - sumDy / m - xhat * sumDyXhat / m);
                    }
                    dWeight[ch] += sumDyXhat;
                    dBias[ch] += sumDy;
                    mean[ch] += 0.1 * mu / groups;
                    var[ch] += (0.9 + 0.1 * squares / (m - 1)) / groups;
                }
            }
        }

        private static int at(int g, int rows, int ch, int c, int s, int i) {
            int row = g * rows + i / s;
            return (row * c + ch) * s + i % s;
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 3, 2, 1", "8, 3, 2, 2", "8, 3, 2, 4", "12, 2, 3, 3", "6, 5, 0, 1", "6, 5, 0, 2", "12, 1, 0, 3"})
    void agreesWithASlowOne(int n, int c, int side, int groups) {
        BatchNorm norm = new BatchNorm(c, groups);
        StateDict.convert(norm, ScalarType.Double);
        Map<String, Tensor> state = StateDict.of(norm);
        try (NoGradGuard guard = new NoGradGuard()) {
            state.get("weight").copy_(Filler.tensor(1, ScalarType.Double, c));
            state.get("bias").copy_(Filler.tensor(2, ScalarType.Double, c));
        }
        long[] shape = side == 0 ? new long[] {n, c} : new long[] {n, c, side, side};
        Tensor x = Filler.tensor(3, 2, ScalarType.Double, shape).set_requires_grad(true);
        Tensor dy = Filler.tensor(4, ScalarType.Double, shape);
        Tensor y = norm.forward(x);
        y.backward(
                dy, new org.bytedeco.pytorch.BoolOptional(), false, new org.bytedeco.pytorch.TensorArrayRefOptional());
        Slow slow = new Slow(
                doubles(x),
                doubles(dy),
                doubles(state.get("weight")),
                doubles(state.get("bias")),
                n,
                c,
                side == 0 ? 1 : side * side,
                groups);
        assertClose(y, slow.y, 1e-10);
        assertClose(x.grad(), slow.dx, 1e-10);
        assertClose(state.get("weight").grad(), slow.dWeight, 1e-10);
        assertClose(state.get("bias").grad(), slow.dBias, 1e-10);
        assertClose(state.get("running_mean"), slow.mean, 1e-12);
        assertClose(state.get("running_var"), slow.var, 1e-12);
        assertThat(state.get("num_batches_tracked").item_long()).isEqualTo(1);
    }

    /** The demo's split k holds the samples n with n mod splits = k; here group g holds n from g N / G on. */
    @Test
    void givesTheDemosSplitBatchNorm() {
        Tensor x = Filler.tensor(95, ScalarType.Float, 4, 2, 2, 2);
        Tensor bySplit = x.index_select(0, Tensor.create(new long[] {0, 2, 1, 3}, 4));
        BatchNorm norm = new BatchNorm(2, 2);
        Tensor y = norm.forward(bySplit);
        Map<String, Tensor> state = StateDict.of(norm);
        assertClose(state.get("running_mean"), new double[] {0.01578722707927227, -0.0028558517806231976}, 1e-8);
        assertClose(state.get("running_var"), new double[] {0.9406595230102539, 0.9270984530448914}, 1e-7);
        assertClose(y.flatten().narrow(0, 0, 4), new double[] {0.8304061, -0.09022257, 1.145612, -1.235744}, 2e-6);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void channelsLastGivesTheSame(int groups) {
        Tensor x = Filler.tensor(5, ScalarType.Float, 4, 3, 5, 5);
        BatchNorm rows = new BatchNorm(3, groups);
        BatchNorm last = new BatchNorm(3, groups);
        Tensor a = rows.forward(x);
        Tensor b = last.forward(x.contiguous(MemoryFormat.ChannelsLast));
        assertThat(b.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
        assertThat(torch.allclose(a, b, 1e-5, 1e-5, false)).isTrue();
        assertClose(
                StateDict.of(last).get("running_var"),
                doubles(StateDict.of(rows).get("running_var")),
                1e-6);
    }

    @Test
    void evaluationUsesTheRunningStatisticsAndLeavesThem() {
        BatchNorm norm = new BatchNorm(3, 2);
        Tensor x = Filler.tensor(6, ScalarType.Float, 5, 3);
        norm.eval();
        Tensor y = norm.forward(x);
        assertThat(torch.allclose(y, x, 1e-4, 1e-6, false)).isTrue();
        Map<String, Tensor> state = StateDict.of(norm);
        assertThat(state.get("num_batches_tracked").item_long()).isZero();
        assertClose(state.get("running_mean"), new double[3], 0);
        assertThat(state.keySet())
                .containsExactly("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    }

    @Test
    void theCounterCountsAndStaysWhole() {
        BatchNorm norm = new BatchNorm(2, 1);
        StateDict.convert(norm, ScalarType.Double);
        TensorVector kept = new TensorVector();
        for (int i = 0; i < 3; i++) {
            kept.push_back(norm.forward(Filler.tensor(i, ScalarType.Double, 4, 2)));
        }
        Tensor counter = StateDict.of(norm).get("num_batches_tracked");
        assertThat(counter.scalar_type().intern()).isEqualTo(ScalarType.Long);
        assertThat(counter.item_long()).isEqualTo(3);
    }

    @Test
    void aBatchThatCannotBeCutIsRefusedAndChangesNothing() {
        BatchNorm norm = new BatchNorm(2, 4);
        assertThatThrownBy(() -> norm.forward(Filler.tensor(1, ScalarType.Float, 6, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch of 6 cannot be cut into 4 batch-norm groups: "
                        + "make batch-size a multiple of bn-groups");
        assertThat(StateDict.of(norm).get("num_batches_tracked").item_long()).isZero();
    }

    /** Without gradient the groups are written in place rather than joined; nobody may notice. */
    @ParameterizedTest
    @CsvSource({"Float, true", "Float, false", "Double, true"})
    void theSameBitsWithAndWithoutGradient(ScalarType type, boolean pictures) {
        Tensor x = pictures
                ? Filler.tensor(5, type, 12, 16, 6, 6).contiguous(MemoryFormat.ChannelsLast)
                : Filler.tensor(5, type, 12, 16);
        BatchNorm with = new BatchNorm(16, 4);
        BatchNorm without = new BatchNorm(16, 4);
        StateDict.convert(with, type);
        StateDict.convert(without, type);
        Tensor expected = with.forward(x);
        Tensor actual;
        try (NoGradGuard guard = new NoGradGuard()) {
            actual = without.forward(x);
        }
        assertThat(actual.equal(expected)).isTrue();
        assertThat(actual.strides().vec().get())
                .isEqualTo(expected.strides().vec().get());
        Map<String, Tensor> state = StateDict.of(without);
        StateDict.of(with)
                .forEach((name, tensor) ->
                        assertThat(state.get(name).equal(tensor)).as(name).isTrue());
    }
}
