package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.Larc;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.SphericalKMeans;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SwAV and DeepCluster-v2 over several processes are what they are in one. */
@Tag("slow")
@Timeout(240)
class ClusterRanksTest {
    private static final int STEPS = 20;
    private static final int BATCH = 8;
    private static final int DIM = 8;

    /** The golden SWAV-1, its rows shared by two and by three processes. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void sinkhornIsGlobal(int processes) throws Exception {
        List<double[]> parts = Ranks.run(processes, communicator -> {
            try (PointerScope scope = new PointerScope()) {
                int n = 6 / processes;
                Tensor mine =
                        Filler.tensor(11, 0.9, ScalarType.Double, 6, 4).narrow(0, (long) communicator.rank() * n, n);
                return Goldens.values(Sinkhorn.assign(mine, 0.05, 3, communicator, 6));
            }
        });
        double[] all = parts.stream().flatMapToDouble(Arrays::stream).toArray();
        double[] first = {0.055896, 0.944104, 8.19695e-14, 1.94698e-9, 0.997981, 7.15103e-9, 4.70333e-7, 0.00201879};
        assertThat(Arrays.copyOf(all, 8)).containsExactly(first, within(1e-6));
        assertThat(all[20]).isCloseTo(3.78404e-12, within(1e-16));
        assertThat(all[22]).isCloseTo(0.993329, within(1e-6));
    }

    @Test
    void kMeansIsGlobal() throws Exception {
        List<List<double[]>> runs = new ArrayList<>();
        for (int processes : List.of(1, 2, 4)) {
            List<double[]> parts = Ranks.run(processes, communicator -> {
                try (PointerScope scope = new PointerScope()) {
                    Tensor points = torch.normalize(Filler.tensor(60, ScalarType.Double, 40, 5));
                    Tensor centroids = points.narrow(0, 0, 6).clone();
                    int n = 40 / processes;
                    Tensor places = SphericalKMeans.places(n, points);
                    Tensor mine = points.narrow(0, (long) communicator.rank() * n, n);
                    SphericalKMeans.run(mine, centroids, places, 7, communicator);
                    return Goldens.values(torch.cat(
                            new TensorVector(communicator.gather(places).to(ScalarType.Double), centroids.flatten()),
                            0));
                }
            });
            runs.add(parts);
        }
        for (List<double[]> run : runs) {
            for (double[] rank : run) {
                assertThat(rank).containsExactly(runs.get(0).get(0), within(1e-12));
            }
        }
    }

    /** 20 steps with 1, 2 and (in float64) 4 processes; SwAV with a queue that is in use from the third step on. */
    @ParameterizedTest
    @CsvSource({
        "swav, Float, 1e-5, 2",
        "swav, Double, 1e-10, 4",
        "deepcluster, Float, 1e-5, 2",
        "deepcluster, Double, 1e-10, 4"
    })
    void theNumberOfProcessesChangesNothing(String method, ScalarType type, double tolerance, int most)
            throws Exception {
        Ranks.Difference difference =
                Ranks.compare(most, STEPS, communicator -> run(method, type, MixedPrecision.none(), communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        // statistics and memory are less well conditioned
        assertThat(difference.rest()).isLessThanOrEqualTo(1000 * tolerance);
    }

    /** In bfloat16 the first loss is the same to eight bits, the mean of twenty to a hundredth, as beside float32. */
    @ParameterizedTest
    @CsvSource({"swav", "deepcluster"})
    void inBfloat16ProcessesAgreeAsFarAsTheTypeGoes(String method) throws Exception {
        MixedPrecision precision = MixedPrecision.of(Precision.BFLOAT16, new Device("cpu"));
        Ranks.Roughly difference =
                Ranks.compareRoughly(STEPS, communicator -> run(method, ScalarType.Float, precision, communicator));
        assertThat(difference.first()).isLessThanOrEqualTo(4e-3);
        assertThat(difference.mean()).isLessThanOrEqualTo(1e-2);
    }

    private static double[] run(String method, ScalarType type, MixedPrecision precision, Communicator communicator)
            throws IOException {
        EncoderLearner learner;
        synchronized (ClusterRanksTest.class) { // libtorch has one generator for all threads
            Torch.seed(1);
            learner = method.equals("swav")
                    ? swav(type, precision, communicator)
                    : deepCluster(type, precision, communicator);
        }
        try (learner;
                PointerScope scope = new PointerScope()) {
            List<Double> figures = new ArrayList<>();
            int n = BATCH / communicator.size();
            int from = communicator.rank() * n;
            int perEpoch = 3;
            for (int s = 0; s < STEPS; s++) {
                int batch = s % perEpoch;
                if (batch == 0) {
                    learner.begin(s / perEpoch, each -> {
                        for (int b = 0; b < perEpoch; b++) {
                            each.accept(crops(b, type, from, n), images(b, from, n));
                        }
                        return true;
                    });
                }
                try (PointerScope step = new PointerScope()) {
                    Step at = new Step(s / perEpoch, s, STEPS, 0.01, images(batch, from, n));
                    figures.add(Objects.requireNonNull(
                            learner.step(crops(s, type, from, n), at).get("loss")));
                }
            }
            learner.state().forEach((name, tensor) -> {
                if (name.contains("running") || name.equals("queue") || name.equals("memory") || name.equals("usage")) {
                    figures.add(tensor.to(ScalarType.Double).abs().sum().item_double());
                }
            });
            return figures.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private static List<Integer> images(int batch, int from, int n) {
        return IntStream.range(batch * BATCH + from, batch * BATCH + from + n)
                .boxed()
                .toList();
    }

    private static List<Tensor> crops(int s, ScalarType type, int from, int n) {
        return List.of(
                Filler.tensor(1000 + 10L * s, type, BATCH, 3, 16, 16).narrow(0, from, n),
                Filler.tensor(1001 + 10L * s, type, BATCH, 3, 16, 16).narrow(0, from, n),
                Filler.tensor(1002 + 10L * s, type, BATCH, 3, 8, 8).narrow(0, from, n));
    }

    private static ClusterNetwork network(ScalarType type, List<Integer> prototypes) {
        Architecture blocks = new Architecture("resnet10", false, List.of(1, 1, 1, 1), 1, 64);
        ClusterNetwork network = ClusterNetwork.of(
                new ResNet(
                        new ResNet.Options(blocks, Architecture.Stem.CIFAR, 8, 1),
                        in -> ProjectionHead.swav(in, 16, DIM)),
                new Prototypes(DIM, prototypes));
        StateDict.convert(network.encoder(), type);
        return network;
    }

    private static Swav swav(ScalarType type, MixedPrecision precision, Communicator communicator) {
        return new Swav(
                new SwavOptions(0.05, 3, 16, 0, 2),
                network(type, List.of(10)),
                0.1,
                List.of(0, 1),
                Optional.of(new EmbeddingQueue(torch.zeros(2, 16, DIM).to(type))),
                new Larc.Options(Larc.Rule.LARC, 0.9, 1e-6, 0.001),
                FineTuning.NONE,
                communicator,
                precision);
    }

    private static DeepCluster deepCluster(ScalarType type, MixedPrecision precision, Communicator communicator) {
        MemoryBank memory =
                new MemoryBank(torch.zeros(2, 24, DIM).to(type), torch.zeros(24).to(ScalarType.Long));
        return new DeepCluster(
                new DeepClusterOptions(5),
                network(type, List.of(6, 5)),
                0.1,
                List.of(0, 1),
                memory,
                26,
                new Larc.Options(Larc.Rule.LARC, 0.9, 1e-6, 0.001),
                FineTuning.NONE,
                (epoch, head, rows) -> IntStream.range(0, rows).toArray(),
                communicator,
                precision);
    }
}
