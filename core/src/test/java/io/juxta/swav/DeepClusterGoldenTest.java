package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.Larc;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.NormalizeFuncOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DeepCluster-v2 against numbers of the original program (commit 06b1b7c), in both floating-point types. */
class DeepClusterGoldenTest {
    private static final int[] IMAGES = {11, 3, 7, 0, 5, 9, 1, 8, 2, 6, 10, 4};

    /** One fully connected layer without a head. */
    private static final class Line extends EncoderNetwork {
        private final LinearImpl body = register_module("body", Layers.linear(6, 5));

        Line() {
            super("Line");
        }

        @Override
        public Tensor pooled(Tensor x) {
            return body.forward(x);
        }

        @Override
        public int features() {
            return 5;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void clustersAreTheOriginals(ScalarType type) throws IOException {
        try (PointerScope scope = new PointerScope();
                DeepCluster learner = tiny(type)) {
            learner.begin(0, each -> false);
            assertThat(Goldens.whole(learner.assignments().select(0, 0)))
                    .containsExactly(3, 3, 0, 1, 1, 0, 3, 2, 2, 1, 2, 0, -100, -100);
            assertThat(Goldens.whole(learner.assignments().select(0, 1)))
                    .containsExactly(2, 1, 1, 1, 2, 0, 0, 2, 1, 2, 2, 0, -100, -100);
            Tensor centroids = StateDict.of(learner.encoder()).get("prototypes.prototypes0.weight");
            Goldens.values(centroids.get(0), 2e-6, -0.0215641, 0.576741, -0.709043, 0.224424, -0.337337);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void anEpochIsTheOriginals(ScalarType type) throws IOException {
        try (PointerScope scope = new PointerScope();
                DeepCluster learner = tiny(type)) {
            learner.begin(0, each -> false);
            double sum = 0;
            for (int b = 0; b < 3; b++) {
                List<Tensor> crops = new ArrayList<>();
                for (int c = 0; c < 3; c++) {
                    crops.add(Filler.tensor(400 + 10L * b + c, type, 4, 6));
                }
                List<Integer> images = IntStream.range(4 * b, 4 * b + 4)
                        .mapToObj(i -> IMAGES[i])
                        .toList();
                sum += learner.step(crops, new Step(0, b, 3, 0.3, images)).get("loss");
            }
            assertThat(sum / 3).isCloseTo(4.071973, within(4.1 * (type == ScalarType.Double ? 1e-6 : 1e-5)));
            var state = StateDict.of(learner.encoder());
            Goldens.checksum(state.get("body.weight"), -0.053908764, 5.7612975, -0.02624469, 0.02771838);
            Goldens.values(state.get("body.bias"), 2e-6, 0.7869527, 0.3103586, -0.6192719, -0.6852051, -0.03421046);
            Goldens.checksum(learner.state().get("memory"), 3.650114, 46.05252, -0.1428891, -0.2956693);
        }
    }

    private static DeepCluster tiny(ScalarType type) {
        ClusterNetwork network = ClusterNetwork.of(new Line(), new Prototypes(5, List.of(4, 3, 2)));
        StateDict.convert(network.encoder(), type);
        NormalizeFuncOptions last = new NormalizeFuncOptions();
        last.dim().put(-1L);
        long[] images = IntStream.of(IMAGES).mapToLong(i -> i).toArray();
        MemoryBank memory =
                new MemoryBank(torch.normalize(Filler.tensor(60, type, 2, 12, 5), last), Tensor.create(images));
        DeepCluster learner = new DeepCluster(
                new DeepClusterOptions(10),
                network,
                0.1,
                List.of(0, 1),
                memory,
                14,
                new Larc.Options(Larc.Rule.LARC, 0.9, 1e-6, 0.001),
                FineTuning.NONE,
                (epoch, head, rows) -> IntStream.range(0, rows).toArray(),
                Communicator.single(),
                MixedPrecision.none());
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            var state = learner.state();
            state.get("encoder.body.weight").copy_(Filler.tensor(70, 1 / Math.sqrt(6), type, 5, 6));
            state.get("encoder.body.bias").zero_();
            state.put("memory_filled", Tensor.create(new long[] {1}));
            learner.restored(state);
        }
        return learner;
    }
}
