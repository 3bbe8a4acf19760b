package io.juxta.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.backbone.Architecture.Stem;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class ResNetTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
        Torch.seed(5);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static ResNet.Options options(String name, Stem stem, int width, int groups) {
        return new ResNet.Options(Architecture.named(name), stem, width, groups);
    }

    /** torchvision's names, written down from its rules: stem, layers, blocks, downsample last, fc. */
    private static List<String> torchvisionNames(int convsPerBlock, List<Integer> blocks, boolean firstDownsamples) {
        List<String> names = new ArrayList<>(List.of("conv1.weight"));
        addNorm(names, "bn1");
        for (int layer = 1; layer <= 4; layer++) {
            for (int block = 0; block < blocks.get(layer - 1); block++) {
                String prefix = "layer" + layer + "." + block + ".";
                for (int conv = 1; conv <= convsPerBlock; conv++) {
                    names.add(prefix + "conv" + conv + ".weight");
                    addNorm(names, prefix + "bn" + conv);
                }
                if (block == 0 && (layer > 1 || firstDownsamples)) {
                    names.add(prefix + "downsample.0.weight");
                    addNorm(names, prefix + "downsample.1");
                }
            }
        }
        names.addAll(List.of("fc.weight", "fc.bias"));
        return names;
    }

    private static void addNorm(List<String> names, String prefix) {
        for (String tensor : List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked")) {
            names.add(prefix + "." + tensor);
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet18, 8", "resnet34, 24", "resnet50, 16", "wide_resnet50_2, 8"})
    void parametersAreCountedWithoutBuilding(String name, int width) {
        ResNet.Options options = options(name, Stem.CIFAR, width, 2);
        assertThat(options.parameters()).isEqualTo(StateDict.parameterCount(new ResNet(options)));
    }

    @Test
    void aNetworkThatFitsNowhereIsRefusedBeforeItIsBuilt() {
        assertThatThrownBy(() -> options("resnet152", Stem.CIFAR, 1024, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "resnet152 of width 1024 would have 14,846,092,288 parameters, the limit is 2,147,483,648: lower"
                                + " width");
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512",
        "resnet34, 21797672",
        "resnet50, 25557032",
        "resnet101, 44549160",
        "resnet152, 60192808",
        "resnext50_32x4d, 25028904",
        "resnext101_32x8d, 88791336",
        "resnext101_64x4d, 83455272",
        "wide_resnet50_2, 68883240",
        "wide_resnet101_2, 126886696"
    })
    void hasTorchvisionsParametersAndNames(String name, long count) {
        Architecture architecture = Architecture.named(name);
        ResNet network = new ResNet(options(name, Stem.IMAGENET, 64, 1), ProjectionHead.Kind.LINEAR, 1000);
        assertThat(StateDict.parameterCount(network)).isEqualTo(count);
        long head = 1000L * network.features() + 1000;
        assertThat(network.options().parameters()).isEqualTo(count - head);
        int convs = architecture.bottleneck() ? 3 : 2;
        assertThat(StateDict.of(network).keySet())
                .containsExactlyElementsOf(torchvisionNames(convs, architecture.blocks(), architecture.bottleneck()));
        assertThat(network.features()).isEqualTo(architecture.bottleneck() ? 2048 : 512);
    }

    /** torchvision's resnet50().state_dict(): some shapes where a mistake could hide. */
    @Test
    void hasTorchvisionsShapes() {
        Map<String, Tensor> state = StateDict.of(new ResNet(options("resnet50", Stem.IMAGENET, 64, 1)));
        assertThat(state).hasSize(318);
        assertThat(StateDict.shape(state.get("conv1.weight"))).isEqualTo("(64, 3, 7, 7)");
        assertThat(StateDict.shape(state.get("layer1.0.downsample.0.weight"))).isEqualTo("(256, 64, 1, 1)");
        assertThat(StateDict.shape(state.get("layer2.0.conv1.weight"))).isEqualTo("(128, 256, 1, 1)");
        assertThat(StateDict.shape(state.get("layer2.0.conv2.weight"))).isEqualTo("(128, 128, 3, 3)");
        assertThat(StateDict.shape(state.get("layer4.2.conv3.weight"))).isEqualTo("(2048, 512, 1, 1)");
        Map<String, Tensor> grouped = StateDict.of(new ResNet(options("resnext50_32x4d", Stem.IMAGENET, 64, 1)));
        assertThat(StateDict.shape(grouped.get("layer1.0.conv2.weight"))).isEqualTo("(128, 4, 3, 3)");
        assertThat(StateDict.shape(grouped.get("layer4.0.conv2.weight"))).isEqualTo("(1024, 32, 3, 3)");
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, IMAGENET, 64, 512, 40",
        "resnet18, CIFAR, 16, 128, 16",
        "resnet50, IMAGENET, 16, 512, 64",
        "resnet50, CIFAR, 8, 256, 17",
        "wide_resnet50_2, CIFAR, 8, 256, 8"
    })
    void givesFeaturesAndEmbeddings(String name, Stem stem, int width, int features, int side) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor x = Filler.tensor(1, ScalarType.Float, 2, 3, side, side);
            ResNet bare = new ResNet(options(name, stem, width, 1));
            assertThat(StateDict.shape(bare.pooled(x))).isEqualTo("(2, " + features + ")");
            assertThat(StateDict.shape(bare.forward(x))).isEqualTo("(2, " + features + ")");
            assertThat(bare.features()).isEqualTo(features);
            ResNet headed = new ResNet(options(name, stem, width, 1), ProjectionHead.Kind.MLP, 12);
            assertThat(StateDict.shape(headed.pooled(x))).isEqualTo("(2, " + features + ")");
            assertThat(StateDict.shape(headed.forward(x))).isEqualTo("(2, 12)");
            assertThat(StateDict.of(headed).keySet()).endsWith("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias");
        }
    }

    @Test
    void startsAsTorchvisionStarts() {
        ResNet network = new ResNet(options("resnet50", Stem.IMAGENET, 64, 1), ProjectionHead.Kind.LINEAR, 128);
        StateDict.parameters(network).forEach((name, tensor) -> {
            if (tensor.dim() == 4) {
                double std = Math.sqrt(2.0 / (tensor.size(0) * tensor.size(2) * tensor.size(3)));
                double n = tensor.numel();
                assertThat(tensor.std().item_double()).as(name).isCloseTo(std, within(5 * std / Math.sqrt(2 * n)));
                assertThat(tensor.mean().item_double()).as(name).isCloseTo(0, within(5 * std / Math.sqrt(n)));
            } else if (!name.startsWith("fc.")) {
                double value = name.endsWith(".weight") ? 1 : 0;
                assertThat(tensor.min().item_double()).as(name).isEqualTo(value);
                assertThat(tensor.max().item_double()).as(name).isEqualTo(value);
            } else {
                assertThat(tensor.abs().max().item_double())
                        .as(name)
                        .isBetween(0.8 / Math.sqrt(2048), 1 / Math.sqrt(2048));
            }
        });
    }

    @Test
    void channelsLastGivesTheSameInForwardAndBackward() {
        ResNet rows = new ResNet(options("resnet50", Stem.CIFAR, 8, 2), ProjectionHead.Kind.MLP, 8);
        ResNet last = new ResNet(options("resnet50", Stem.CIFAR, 8, 2), ProjectionHead.Kind.MLP, 8);
        StateDict.convert(rows, ScalarType.Double);
        StateDict.convert(last, ScalarType.Double);
        StateDict.load(last, StateDict.of(rows));
        StateDict.channelsLast(last);
        Tensor x = Filler.tensor(2, ScalarType.Double, 8, 3, 12, 12);
        Tensor a = rows.forward(x);
        Tensor b = last.forward(x.contiguous(MemoryFormat.ChannelsLast));
        assertThat(torch.allclose(a, b, 1e-9, 1e-11, false)).isTrue();
        a.mul(a).sum().backward();
        b.mul(b).sum().backward();
        Map<String, Tensor> others = StateDict.parameters(last);
        StateDict.parameters(rows)
                .forEach((name, tensor) -> assertThat(torch.allclose(
                                tensor.grad(), others.getOrDefault(name, tensor).grad(), 1e-7, 1e-9, false))
                        .as(name)
                        .isTrue());
        others.forEach((name, tensor) -> {
            Tensor gradient = tensor.grad();
            for (int d = 0; d < tensor.dim(); d++) {
                if (tensor.size(d) > 1) {
                    assertThat(gradient.stride(d))
                            .as("stride %d of the gradient of %s", d, name)
                            .isEqualTo(tensor.stride(d));
                }
            }
        });
    }

    /** With G groups each group of the batch is seen alone, as one of G devices would see it. */
    @Test
    void groupsAreAsSeparateBatches() {
        ResNet grouped = new ResNet(options("resnet18", Stem.CIFAR, 8, 2));
        ResNet plain = new ResNet(options("resnet18", Stem.CIFAR, 8, 1));
        StateDict.load(plain, StateDict.of(grouped));
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor x = Filler.tensor(3, ScalarType.Float, 8, 3, 8, 8);
            Tensor y = grouped.pooled(x);
            assertThat(torch.allclose(y.narrow(0, 0, 4), plain.pooled(x.narrow(0, 0, 4)), 1e-4, 1e-5, false))
                    .isTrue();
            assertThat(torch.allclose(y.narrow(0, 4, 4), plain.pooled(x.narrow(0, 4, 4)), 1e-4, 1e-5, false))
                    .isTrue();
        }
    }

    @Test
    void whatCannotBeBuiltIsRefused() {
        assertThatThrownBy(() -> Architecture.named("resnet20"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("resnet20")
                .hasMessageContaining("resnet18");
        assertThatThrownBy(() -> options("resnet18", Stem.CIFAR, 0, 1)).hasMessageContaining("width 0");
        assertThatThrownBy(() -> options("resnet18", Stem.CIFAR, 2000, 1)).hasMessageContaining("width 2000");
        assertThatThrownBy(() -> options("resnext50_32x4d", Stem.CIFAR, 16, 1)).hasMessageContaining("multiple of 64");
        assertThatThrownBy(() -> options("resnet18", Stem.CIFAR, 16, 0)).hasMessageContaining("bn-groups 0");
        assertThat(Architecture.named("ResNet50").name()).isEqualTo("resnet50");
    }

    /**
     * oneDNN's gradient of narrow strided 1x1 convolutions in this layout ended processes that asked for it. With running
     * statistics, as those of the batch differ enough in their last digits for a ReLU of few pixels to open or close.
     */
    @ParameterizedTest
    @ValueSource(ints = {8, 24})
    void narrowNetworksHaveTheSameGradientsChannelsLast(int width) {
        List<Tensor> plain = gradients(width, false);
        List<Tensor> last = gradients(width, true);
        for (int i = 0; i < plain.size(); i++) {
            double difference = last.get(i).sub(plain.get(i)).abs().max().item_double();
            assertThat(difference)
                    .isLessThan(1e-3 * (1 + plain.get(i).abs().max().item_double()));
        }
    }

    private static List<Tensor> gradients(int width, boolean channelsLast) {
        Torch.seed(5);
        ResNet network = new ResNet(options("resnet18", Stem.CIFAR, width, 1));
        if (channelsLast) {
            StateDict.channelsLast(network);
        }
        network.eval();
        for (int i = 0; i < 20; i++) {
            network.zero_grad(true);
            network.forward(Filler.tensor(7, ScalarType.Float, 8, 3, 16, 16))
                    .square()
                    .sum()
                    .backward();
        }
        return StateDict.parameters(network).values().stream().map(Tensor::grad).toList();
    }
}
