package io.juxta.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.backbone.Architecture.Stem;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batch norms folded into convolutions, beside the same networks with theirs as they are. */
class FoldedNormsTest {
    private PointerScope scope = new PointerScope();
    private NoGradGuard guard = new NoGradGuard();

    @BeforeEach
    void open() {
        guard.close();
        scope.close();
        scope = new PointerScope();
        guard = new NoGradGuard();
        Torch.seed(5);
    }

    @AfterEach
    void close() {
        guard.close();
        scope.close();
    }

    /** Its norms as training leaves them: no two channels alike, scales of both signs, one of them nothing. */
    private static ResNet network(String name, Stem stem, int width, ScalarType type) {
        ResNet.Options options = new ResNet.Options(Architecture.named(name), stem, width, 1);
        ResNet network = new ResNet(options, ProjectionHead.Kind.MLP, 12);
        StateDict.of(network).forEach((key, tensor) -> {
            if (key.endsWith("running_mean") || key.endsWith(".bias")) {
                tensor.copy_(torch.randn(tensor.size(0)).mul(new Scalar(0.3)));
            } else if (key.endsWith("running_var")) {
                tensor.copy_(torch.rand(tensor.size(0)).add(new Scalar(0.1)));
            } else if (tensor.dim() == 1 && key.endsWith(".weight")) {
                tensor.copy_(torch.randn(tensor.size(0)));
                tensor.narrow(0, 0, 1).zero_();
            }
        });
        StateDict.convert(network, type);
        StateDict.channelsLast(network);
        network.eval();
        return network;
    }

    private static Tensor images(int side, ScalarType type) {
        return torch.randn(2, 3, side, side).to(type);
    }

    private static List<UnaryOperator<Tensor>> outputs(ResNet network) {
        return List.of(network::forward, network::pooled, network::map, network::patches, x -> network.upTo(2, x));
    }

    /** The largest difference in parts of the largest value, over all outputs. */
    private static double difference(List<Tensor> found, List<Tensor> expected) {
        double largest = 0;
        for (int i = 0; i < found.size(); i++) {
            Tensor whole = expected.get(i).to(ScalarType.Double);
            double size = whole.abs().max().item_double();
            double away =
                    found.get(i).to(ScalarType.Double).sub(whole).abs().max().item_double();
            largest = Math.max(largest, away / size);
        }
        return largest;
    }

    private static List<Tensor> all(ResNet network, Tensor x) {
        return outputs(network).stream().map(output -> output.apply(x)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, CIFAR, 8, 16",
        "resnet18, IMAGENET, 16, 40",
        "resnet50, IMAGENET, 16, 64",
        "resnext50_32x4d, CIFAR, 64, 8"
    })
    void theNumbersAreTheSameButForRounding(String name, Stem stem, int width, int side) {
        for (ScalarType type : List.of(ScalarType.Double, ScalarType.Float)) {
            ResNet network = network(name, stem, width, type);
            Tensor x = images(side, type);
            List<Tensor> expected = all(network, x);
            try (PointerScope inner = new PointerScope()) {
                network.fold(Precision.FLOAT32);
            }
            List<Tensor> found = all(network, x);
            assertThat(found).allMatch(tensor -> tensor.scalar_type().intern() == type);
            assertThat(difference(found, expected))
                    .describedAs("folded, and right")
                    .isBetween(1e-18, type == ScalarType.Double ? 1e-12 : 1e-5);
        }
    }

    /** Of two ways to compute in eight bits the shorter one is no further from the truth. */
    @Test
    void inBfloat16ItIsAsNearAsWithNorms() {
        ResNet whole = network("resnet50", Stem.CIFAR, 16, ScalarType.Float);
        Tensor x = images(16, ScalarType.Float);
        List<Tensor> truth = all(whole, x);
        Map<String, Tensor> state = new LinkedHashMap<>();
        StateDict.of(whole).forEach((key, tensor) -> state.put(key, tensor.clone()));
        ResNet folded = network("resnet50", Stem.CIFAR, 16, ScalarType.Float);
        StateDict.load(folded, state);
        folded.hold(Precision.BFLOAT16, new Device("cpu"));
        Precision.BFLOAT16.hold(whole, new Device("cpu"));
        Tensor shorter = x.to(ScalarType.BFloat16);
        double withNorms = difference(all(whole, shorter), truth);
        assertThat(difference(all(folded, shorter), truth)).isBetween(1e-6, 1.5 * withNorms);
        assertThat(withNorms).isLessThan(0.1);
    }

    @Test
    void trainingGradientsAndStateKnowNothingOfIt() {
        ResNet network = network("resnet18", Stem.CIFAR, 8, ScalarType.Float);
        Tensor x = images(16, ScalarType.Float);
        Tensor plain = network.forward(x);
        Map<String, Tensor> before = new LinkedHashMap<>();
        StateDict.of(network).forEach((key, tensor) -> before.put(key, tensor.clone()));
        network.fold(Precision.FLOAT32);
        assertThat(torch.equal(network.forward(x), plain)).isFalse();
        Map<String, Tensor> after = StateDict.of(network);
        assertThat(after.keySet()).containsExactlyElementsOf(before.keySet());
        after.forEach((key, tensor) -> assertThat(torch.equal(tensor, before.get(key)))
                .describedAs(key)
                .isTrue());
        guard.close();
        Tensor graph = network.forward(x);
        assertThat(graph.requires_grad()).isTrue();
        assertThat(torch.equal(graph, plain)).isTrue();
        guard = new NoGradGuard();
        ResNet other = network("resnet18", Stem.CIFAR, 8, ScalarType.Float);
        StateDict.load(other, before);
        network.train(true);
        other.train(true);
        assertThat(torch.equal(network.forward(x), other.forward(x))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "layer1.0.bn1.running_var"})
    void weightsThatMovedAreSeen(String key) {
        ResNet network = network("resnet18", Stem.CIFAR, 8, ScalarType.Double);
        ResNet other = network("resnet18", Stem.CIFAR, 8, ScalarType.Double);
        Tensor x = images(16, ScalarType.Double);
        StateDict.load(other, StateDict.of(network));
        network.fold(Precision.FLOAT32);
        for (ResNet each : List.of(network, other)) {
            StateDict.of(each).get(key).add_(new Scalar(0.25));
        }
        assertThat(difference(all(network, x), all(other, x))).isLessThan(1e-12);
        network.fold(Precision.FLOAT32);
        assertThat(difference(all(network, x), all(other, x))).isBetween(1e-18, 1e-12);
    }
}
