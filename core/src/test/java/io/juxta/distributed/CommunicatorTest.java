package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes exchange, with ranks that are threads. */
@Tag("slow")
@Timeout(120)
class CommunicatorTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everythingArrives(int size) throws Exception {
        List<List<Object>> got = Ranks.run(size, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                List<Object> all = new ArrayList<>();
                int rank = communicator.rank();
                Tensor sum = torch.full(new long[] {3}, new Scalar(rank + 1.0));
                communicator.sum(sum);
                all.add(list(sum));
                all.add(list(communicator.gather(Tensor.create(new long[] {rank, 10 + rank}))));
                Tensor told = Tensor.create(new double[] {rank});
                communicator.broadcast(told, size - 1);
                all.add(list(told));
                all.add(communicator.any(rank == size - 1));
                all.add(communicator.any(false));
                // rank r says r letters: nothing at all is a word too
                List<String> words = communicator.gather("x".repeat(rank).getBytes(StandardCharsets.UTF_8)).stream()
                        .map(word -> new String(word, StandardCharsets.UTF_8))
                        .toList();
                all.add(words);
                all.add(communicator.broadcast("from " + rank, size - 1));
                Tensor a = torch.full(new long[] {2}, new Scalar((double) rank));
                Tensor b = torch.full(new long[] {1, 2}, new Scalar(2.0 * rank));
                communicator.mean(List.of(a, b));
                all.add(list(a));
                all.add(list(b));
                Map<String, Tensor> scalars = new LinkedHashMap<>();
                scalars.put("one", Tensor.create(new double[] {rank}).select(0, 0));
                scalars.put("two", Tensor.create(new double[] {1}).select(0, 0));
                all.add(communicator.means(scalars));
                return all;
            }
        });
        List<Object> ranks = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            ranks.addAll(List.of((double) rank, 10.0 + rank));
            words.add("x".repeat(rank));
        }
        double total = size * (size + 1) / 2.0;
        double mean = (size - 1) / 2.0;
        for (List<Object> each : got) {
            assertThat(each)
                    .containsExactly(
                            List.of(total, total, total),
                            ranks,
                            List.of(size - 1.0),
                            true,
                            false,
                            words,
                            "from " + (size - 1),
                            List.of(mean, mean),
                            List.of(2 * mean, 2 * mean),
                            Map.of("one", mean, "two", 1.0));
        }
    }

    /** Rank r sends r' + 1 rows to rank r', each saying from where and for whom it is. */
    @Test
    void rowsGoWhereTheyAreWanted() throws Exception {
        int size = 3;
        List<List<Double>> got = Ranks.run(size, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                int rank = communicator.rank();
                double[] rows = new double[6];
                int next = 0;
                for (int to = 0; to < size; to++) {
                    Arrays.fill(rows, next, next + to + 1, 10.0 * rank + to);
                    next += to + 1;
                }
                long[] received = new long[size];
                Arrays.fill(received, rank + 1);
                return list(communicator.exchange(Tensor.create(rows, 6, 1), new long[] {1, 2, 3}, received));
            }
        });
        assertThat(got)
                .containsExactly(
                        List.of(0.0, 10.0, 20.0),
                        List.of(1.0, 1.0, 11.0, 11.0, 21.0, 21.0),
                        List.of(2.0, 2.0, 2.0, 12.0, 12.0, 12.0, 22.0, 22.0, 22.0));
    }

    /** Many small buckets, sent while the pass goes on, are one big average bit for bit: two numbers add up one way. */
    @ParameterizedTest
    @ValueSource(longs = {1, 40, 1 << 20})
    void bucketsAreOneBigAverage(long bytes) throws Exception {
        List<List<Double>> got = Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                List<Tensor> parameters = parameters();
                Tensor x = Filler.tensor(7 + communicator.rank(), ScalarType.Float, 4, 5);
                loss(parameters, x).backward();
                List<Tensor> gradients = parameters.stream()
                        .limit(3)
                        .map(parameter -> parameter.grad().clone())
                        .toList();
                communicator.mean(gradients);
                List<Double> expected = all(gradients);

                List<Double> bucketed = new ArrayList<>();
                try (GradientAverage average = new GradientAverage(communicator, parameters, bytes, bytes)) {
                    for (int pass = 0; pass < 3; pass++) {
                        parameters.forEach(parameter -> parameter.mutable_grad().put(new Tensor()));
                        average.backward(loss(parameters, x));
                        List<Tensor> averaged =
                                parameters.stream().limit(3).map(Tensor::grad).toList();
                        bucketed = all(averaged);
                        assertThat(bucketed).isEqualTo(expected);
                        assertThat(parameters.get(3).grad().defined()).isFalse();
                    }
                    // frozen in the second pass of all, and back in the third
                    parameters.get(1).set_requires_grad(false);
                    parameters.forEach(parameter -> parameter.mutable_grad().put(new Tensor()));
                    average.backward(loss(parameters, x));
                    assertThat(parameters.get(1).grad().defined()).isFalse();
                    assertThat(list(parameters.get(0).grad())).isEqualTo(list(gradients.get(0)));
                    parameters.get(1).set_requires_grad(true);
                    parameters.forEach(parameter -> parameter.mutable_grad().put(new Tensor()));
                    average.backward(loss(parameters, x));
                    assertThat(all(parameters.stream()
                                    .limit(3)
                                    .map(Tensor::grad)
                                    .toList()))
                            .isEqualTo(expected);
                }
                return bucketed;
            }
        });
        assertThat(got.get(0)).isEqualTo(got.get(1));
    }

    /** The last is frozen from the start. */
    private static List<Tensor> parameters() {
        return List.of(
                Filler.tensor(1, ScalarType.Float, 5, 6).set_requires_grad(true),
                Filler.tensor(2, ScalarType.Float, 6).set_requires_grad(true),
                Filler.tensor(3, ScalarType.Float, 6, 2).set_requires_grad(true),
                Filler.tensor(4, ScalarType.Float, 2));
    }

    private static Tensor loss(List<Tensor> p, Tensor x) {
        return torch.sigmoid(x.mm(p.get(0)).add(p.get(1)))
                .mm(p.get(2))
                .add(p.get(3))
                .mean();
    }

    private static List<Double> all(List<Tensor> tensors) {
        return tensors.stream().flatMap(tensor -> list(tensor).stream()).toList();
    }

    private static List<Double> list(Tensor tensor) {
        Tensor flat = tensor.detach().to(ScalarType.Double).contiguous().flatten();
        double[] values = new double[(int) flat.numel()];
        flat.data_ptr_double().get(values);
        return Arrays.stream(values).boxed().toList();
    }
}
