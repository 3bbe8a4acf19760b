package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.moco.MocoEncoder;
import io.juxta.swav.ClusterEncoder;
import io.juxta.swav.ClusterOptions;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.MocoKeys;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights under the names that other programs give them. */
@Tag("slow")
class ForeignTest {
    private static final Device CPU = new Device("cpu");

    @TempDir
    Path folder;

    /** The layout of MoCo's checkpoints, to the last of a ResNet-50's 642 and 646 names. */
    @ParameterizedTest
    @EnumSource
    void moco(ProjectionHead.Kind head) throws Exception {
        try (PointerScope scope = new PointerScope()) {
            ResNet query = new ResNet(imagenet("resnet50", 64), head, 128);
            ResNet key = new ResNet(imagenet("resnet50", 64), head, 128);
            Map<String, Tensor> file = MocoKeys.join(
                    StateDict.of(query),
                    StateDict.of(key),
                    torch.randn(128, 16),
                    torch.zeros(1).to(ScalarType.Long));
            assertThat(Foreign.of(checkpoint(file)).network()).hasSameSizeAs(StateDict.of(query));
            boolean v1 = head == ProjectionHead.Kind.LINEAR;
            assertThat(file).hasSize(v1 ? 642 : 646);
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.kind()).isEqualTo(v1 ? Foreign.Kind.MOCO_V1 : Foreign.Kind.MOCO_V2);
            assertThat(foreign.aside())
                    .contains("queue", "queue_ptr")
                    .hasSize(2 + StateDict.of(key).size());
            Fit fit = whole(foreign);
            assertThat(fit.mapped().keySet())
                    .containsExactlyElementsOf(StateDict.of(query).keySet());
            Path written = write(foreign, fit);
            MocoEncoder read = MocoEncoder.of(WeightsFile.read(written), written, CPU);
            Tensor x = torch.randn(2, 3, 64, 64);
            StateDict.channelsLast(query); // as a reader lays it out
            query.eval();
            assertSame(read.network().forward(x), query.forward(x));
        }
    }

    /** SwAV has one layer of prototypes, DeepCluster-v2 several; both come from DistributedDataParallel. */
    @ParameterizedTest
    @CsvSource({"swav, '[3000]', SWAV, 328", "deepcluster, '[30, 20]', DEEPCLUSTER, 329"})
    void clusters(String method, String prototypes, Foreign.Kind kind, int names) throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Recipe recipe = Recipe.parse("method: " + method + "\nprototypes: " + prototypes + "\n", method);
            Module network = recipe.bind(ClusterOptions.class).encoder();
            Map<String, Tensor> file = new LinkedHashMap<>();
            StateDict.of(network).forEach((name, tensor) -> file.put("module." + name, tensor));
            assertThat(file).hasSize(names);
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.kind()).isEqualTo(kind);
            Path written = write(foreign, whole(foreign));
            ClusterEncoder read = ClusterEncoder.of(WeightsFile.read(written), written, CPU);
            StateDict.channelsLast(network);
            network.eval();
            Tensor x = torch.randn(2, 3, 64, 64);
            assertSame(read.network().forward(x), ((io.juxta.backbone.EncoderNetwork) network).forward(x));
        }
    }

    /** Every architecture is told by its tensors alone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18",
                "resnet34",
                "resnet50",
                "resnet101",
                "resnet152",
                "resnext50_32x4d",
                "resnext101_32x8d",
                "resnext101_64x4d",
                "wide_resnet50_2",
                "wide_resnet101_2"
            })
    void architectures(String name) {
        try (PointerScope scope = new PointerScope()) {
            // no values: only names and shapes are asked for
            ResNet network = new ResNet(imagenet(name, 64), ProjectionHead.Kind.LINEAR, 1000);
            Foreign foreign = Foreign.of(StateDict.of(network));
            assertThat(foreign.kind()).isEqualTo(Foreign.Kind.RESNET);
            assertThat(foreign.recipe())
                    .contains("arch: " + name + "\n")
                    .contains("stem: imagenet\n")
                    .contains("dim: 1000\n");
        }
    }

    /** Without a classifier the embedding is the feature, also of a small stem, half precision and no counters. */
    @Test
    void aBackboneAlone() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            ResNet network =
                    new ResNet(new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.CIFAR, 16, 1));
            Map<String, Tensor> file = new LinkedHashMap<>();
            StateDict.of(network).forEach((name, tensor) -> {
                if (!name.endsWith("num_batches_tracked")) {
                    file.put("backbone." + name, tensor.to(ScalarType.Half));
                }
            });
            Foreign foreign = Foreign.of(file);
            Fit fit = whole(foreign);
            assertThat(fit.mapped().values())
                    .noneMatch(tensor -> tensor.scalar_type().intern() == ScalarType.Half);
            Path written = write(foreign, fit);
            MocoEncoder read = MocoEncoder.of(WeightsFile.read(written), written, CPU);
            Tensor x = torch.randn(2, 3, 32, 32);
            assertSame(read.network().forward(x), read.network().pooled(x));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "netG: resnet-9blocks\nngf: 8",
                "netG: resnet-6blocks\nantialias: false\nngf: 8",
                "netG: resnet-6blocks\nantialias-up: false\ndropout: true\nngf: 8",
                "netG: resnet-9blocks\nantialias: false\nantialias-up: false\ninput-nc: 1\nngf: 8",
                "netG: resnet-6blocks\nnormG: batch\noutput-nc: 1\nngf: 8",
                "netG: resnet-6blocks\nnormG: none\nngf: 16"
            })
    void generators(String networks) {
        try (PointerScope scope = new PointerScope()) {
            Recipe recipe = Recipe.parse("method: cut\n" + networks + "\n", "G");
            Module G = CutRecipe.bind(recipe).networks().shapes(64);
            Map<String, Tensor> file = StateDict.of(G);
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.kind()).isEqualTo(Foreign.Kind.CUT_G);
            assertThat(whole(foreign).mapped().keySet()).containsExactlyElementsOf(file.keySet());
            assertThat(CutRecipe.bind(Recipe.parse(foreign.recipe(), "G")).networks())
                    .isEqualTo(CutRecipe.bind(recipe).networks());
        }
    }

    @Test
    void theOtherNetworksOfCut() {
        try (PointerScope scope = new PointerScope()) {
            assertThat(Foreign.of(Map.of("model.0.weight", torch.zeros(64, 3, 4, 4)))
                            .kind())
                    .isEqualTo(Foreign.Kind.CUT_D);
            Foreign sampler = Foreign.of(Map.of("mlp_0.0.weight", torch.zeros(256, 3)));
            assertThat(sampler.kind()).isEqualTo(Foreign.Kind.CUT_F);
            assertThatThrownBy(() -> Fit.of(sampler)).hasMessageContaining("patch sampler");
            assertThat(Foreign.of(Map.of("a", torch.zeros(1))).kind()).isEqualTo(Foreign.Kind.UNKNOWN);
        }
    }

    @Test
    void whatDoesNotFitIsNamedWithShapes() {
        try (PointerScope scope = new PointerScope()) {
            ResNet network = new ResNet(imagenet("resnet18", 16), ProjectionHead.Kind.LINEAR, 10);
            Map<String, Tensor> file = new LinkedHashMap<>(StateDict.of(network));
            file.remove("bn1.bias");
            file.put("layer4.1.conv2.weight", torch.zeros(2, 2));
            file.put("extra", torch.zeros(3));
            Fit fit = Fit.of(Foreign.of(file));
            assertThat(fit.isWhole()).isFalse();
            assertThat(fit.missing()).containsExactly("bn1.bias (16)");
            assertThat(fit.misshapen()).containsExactly("layer4.1.conv2.weight (2, 2), not (128, 128, 3, 3)");
            assertThat(fit.leftOver()).containsExactly("extra (3)");
        }
    }

    @Test
    void anUnknownDepthIsRefused() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> file = new LinkedHashMap<>(
                    StateDict.of(new ResNet(imagenet("resnet18", 16), ProjectionHead.Kind.LINEAR, 10)));
            file.put("layer2.2.conv1.weight", torch.zeros(1));
            assertThatThrownBy(() -> Foreign.of(file)).hasMessageContaining("[2, 3, 2, 2] blocks");
        }
    }

    /** Names that hint at a network, and tensors that are none of its. */
    @Test
    void shapesAreNotTrusted() {
        try (PointerScope scope = new PointerScope()) {
            for (String hint : List.of(
                    "encoder_q.fc.weight",
                    "conv1.weight,layer1.0.conv1.weight",
                    "conv1.weight,layer1.0.conv1.weight,layer1.0.conv2.weight,projection_head.0.weight",
                    "model.1.weight,model.12.conv_block.1.weight")) {
                for (long[] shape : new long[][] {{}, {0}, {1, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1}, {3, 5}}) {
                    Map<String, Tensor> file = new LinkedHashMap<>();
                    Stream.of(hint.split(",")).forEach(name -> file.put(name, torch.zeros(shape)));
                    assertThatThrownBy(() -> Fit.of(Foreign.of(file)))
                            .as(hint + Objects.toString(shape.length))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    private static Map<String, Tensor> checkpoint(Map<String, Tensor> state) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        state.forEach((name, tensor) -> all.put("state_dict/" + name, tensor));
        all.put("optimizer/state/0/momentum_buffer", torch.zeros(1));
        return all;
    }

    private static ResNet.Options imagenet(String name, int width) {
        return new ResNet.Options(Architecture.named(name), Architecture.Stem.IMAGENET, width, 1);
    }

    private static Fit whole(Foreign foreign) {
        Fit fit = Fit.of(foreign);
        assertThat(fit.missing()).isEmpty();
        assertThat(fit.leftOver()).isEmpty();
        assertThat(fit.misshapen()).isEmpty();
        return fit;
    }

    private Path write(Foreign foreign, Fit fit) throws Exception {
        Path file = folder.resolve("encoder.safetensors");
        Safetensors.write(file, fit.mapped(), Map.of("recipe", foreign.recipe()));
        return file;
    }

    private static void assertSame(Tensor a, Tensor b) {
        assertThat(a.sub(b).abs().max().item_double()).isLessThan(1e-5);
    }
}
