package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.swav.ClusterOptions;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One network under the names by which the field's programs keep it. */
class FieldNamesTest {
    private final PointerScope scope = new PointerScope();
    private Map<String, Tensor> own = Map.of();

    @BeforeEach
    void network() {
        ResNet network = new ResNet(
                new ResNet.Options(Architecture.named("resnet50"), Architecture.Stem.IMAGENET, 8, 1),
                ProjectionHead.Kind.LINEAR,
                10);
        own = StateDict.of(network);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "module.",
                "_orig_mod.",
                "module._orig_mod.",
                "model.",
                "state_dict/",
                "state_dict/model.",
                "state_dict/module.model.",
                "model/backbone.",
                "state_dict/backbone.module.",
                "encoder.",
                "net/encoder.",
                "base_encoder.",
                "encoder_q.backbone.",
                "resnet.",
                "trunk._feature_blocks.",
                "teacher/module.backbone._orig_mod."
            })
    void prefixes(String prefix) {
        Foreign foreign = Foreign.of(under(prefix, own));
        assertSame(foreign, own);
        assertThat(foreign.aside()).isEmpty();
    }

    /** Of two networks the one that the programs themselves go on with, and the other is told. */
    @ParameterizedTest
    @CsvSource({
        "teacher/backbone., student/module.backbone.",
        "state_dict/backbone., state_dict/momentum_backbone.",
        "state_dict_ema/, state_dict/",
        "encoder_q.net., encoder_k.net.",
        "model/module.base_encoder., model/module.momentum_encoder.",
        "state_dict/online_encoder., state_dict/target_encoder.",
        "backbone., backbone_momentum."
    })
    void twoNetworks(String taken, String passedOver) {
        Map<String, Tensor> other = new LinkedHashMap<>();
        own.forEach((name, tensor) -> other.put(name, torch.zeros_like(tensor)));
        Map<String, Tensor> file = under(passedOver, other);
        file.putAll(under(taken, own));
        file.put("queue", torch.zeros(3));
        file.put("optimizer/state/0/momentum_buffer", torch.zeros(1));
        Foreign foreign = Foreign.of(file);
        assertSame(foreign, own);
        assertThat(foreign.aside())
                .hasSize(own.size() + 2)
                .contains("queue", "optimizer/state/0/momentum_buffer")
                .anyMatch(name -> name.startsWith(passedOver.replace("module.", "")));
        assertThat(foreign.notes()).anyMatch(note -> note.contains(passedOver.replace("module.", "")));
    }

    @Test
    void whichOfTwoIsNotGuessed() {
        Map<String, Tensor> file = under("left.", own);
        file.putAll(under("right.", own));
        assertThatThrownBy(() -> Foreign.of(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[left., right.]")
                .hasMessageContaining("--part");
    }

    /** {@code nn.Sequential(*list(model.children())[:-1])}, with and without pooling in the stem. */
    @ParameterizedTest
    @CsvSource({"backbone., 4", "encoder.features., 4", "'', 3", "backbone.module., 2"})
    void sequential(String prefix, int first) {
        Map<String, Tensor> file = new LinkedHashMap<>();
        own.forEach((name, tensor) -> {
            if (!name.startsWith("fc.")) {
                String number = name.replace("conv1.", name.startsWith("conv1") ? "0." : "conv1.");
                number = number.startsWith("bn1.") ? "1" + number.substring(3) : number;
                for (int layer = 1; layer <= 4; layer++) {
                    number = number.startsWith("layer" + layer) ? (first + layer - 1) + number.substring(6) : number;
                }
                file.put(prefix + number, tensor);
            }
        });
        assertThat(file).containsKey(prefix + first + ".0.conv1.weight").containsKey(prefix + "0.weight");
        Foreign foreign = Foreign.of(file);
        Map<String, Tensor> body = new LinkedHashMap<>(own);
        body.keySet().removeIf(name -> name.startsWith("fc."));
        assertSame(foreign, body);
        assertThat(foreign.recipe()).contains("arch: resnet50").contains("dim: 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "resnet."})
    void huggingFace(String prefix) {
        Map<String, Tensor> file = new LinkedHashMap<>();
        own.forEach((name, tensor) -> file.put(huggingFace(prefix, name), tensor));
        assertThat(file)
                .containsKey(prefix + "encoder.stages.3.layers.2.layer.1.normalization.running_var")
                .containsKey(prefix + "encoder.stages.0.layers.0.shortcut.convolution.weight");
        assertSame(Foreign.of(file), own);
    }

    private static String huggingFace(String prefix, String name) {
        if (name.startsWith("fc.")) {
            return name.replace("fc.", "classifier.1.");
        }
        String[] parts = name.split("\\.");
        if (!name.startsWith("layer")) {
            return prefix + "embedder.embedder." + (parts[0].equals("conv1") ? "convolution." : "normalization.")
                    + parts[1];
        }
        String block = prefix + "encoder.stages." + (parts[0].charAt(5) - '1') + ".layers." + parts[1] + ".";
        if (parts[2].equals("downsample")) {
            return block + "shortcut." + (parts[3].equals("0") ? "convolution." : "normalization.") + parts[4];
        }
        boolean convolution = parts[2].startsWith("conv");
        int number = parts[2].charAt(parts[2].length() - 1) - '1';
        return block + "layer." + number + (convolution ? ".convolution." : ".normalization.") + parts[3];
    }

    /** Heads that are not known are told and left aside, within the network as beside it. */
    @ParameterizedTest
    @ValueSource(strings = {"projector.0.weight", "fc.6.weight", "head.mlp.0.weight"})
    void otherHeads(String head) {
        Map<String, Tensor> file = new LinkedHashMap<>(own);
        file.keySet().removeIf(name -> name.startsWith("fc."));
        Map<String, Tensor> body = new LinkedHashMap<>(file);
        file.put(head, torch.zeros(2, 2));
        Foreign foreign = Foreign.of(under("encoder.", file));
        assertSame(foreign, body);
        assertThat(foreign.aside()).containsExactly("encoder." + head);
        assertThat(foreign.notes()).anyMatch(note -> note.contains("left aside"));
    }

    /** {@code main_swav.py --hidden_mlp 0}. */
    @Test
    void swavWithoutHiddenLayer() {
        Recipe recipe = Recipe.parse(
                "method: swav\narch: resnet18\nwidth: 16\nhidden-mlp: 0\nfeat-dim: 32\nprototypes: [20]\n", "swav");
        Map<String, Tensor> state =
                StateDict.of(recipe.bind(ClusterOptions.class).encoder());
        assertThat(state).containsKey("projection_head.weight");
        Map<String, Tensor> file = under("state_dict/module.", state);
        file.put("optimizer/state/0/momentum_buffer", torch.zeros(1));
        Foreign foreign = Foreign.of(file);
        assertThat(foreign.kind()).isEqualTo(Foreign.Kind.SWAV);
        assertThat(foreign.recipe()).contains("hidden-mlp: 0\n").contains("feat-dim: 32\n");
        assertThat(foreign.aside()).containsExactly("optimizer/state/0/momentum_buffer");
        assertSame(foreign, state);
    }

    /** Grey pictures have three equal channels here: the sum over them is the grey network's. */
    @Test
    void greyPictures() {
        Map<String, Tensor> file = new LinkedHashMap<>(own);
        Tensor grey = torch.randn(8, 1, 7, 7);
        file.put("conv1.weight", grey);
        Foreign foreign = Foreign.of(file);
        Fit fit = Fit.of(foreign);
        assertThat(fit.isWhole()).isTrue();
        Tensor spread = Objects.requireNonNull(fit.mapped().get("conv1.weight"));
        assertThat(torch.allclose(
                        spread.sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()), grey))
                .isTrue();
        assertThat(foreign.notes()).anyMatch(note -> note.contains("grey"));
    }

    @Test
    void otherNetworksAreNamed() {
        Map<String, Tensor> rgba = new LinkedHashMap<>(own);
        rgba.put("conv1.weight", torch.zeros(8, 4, 7, 7));
        assertThatThrownBy(() -> Foreign.of(rgba)).hasMessageContaining("4 channels");
        Map<String, Tensor> norms = new LinkedHashMap<>(own);
        norms.keySet().removeIf(name -> name.contains("running_") || name.contains("num_batches"));
        assertThatThrownBy(() -> Foreign.of(norms)).hasMessageContaining("GroupNorm");
        Foreign vgg = Foreign.of(Map.of("features.0.weight", torch.zeros(64, 3, 3, 3)));
        assertThat(vgg.kind()).isEqualTo(Foreign.Kind.UNKNOWN);
        assertThatThrownBy(() -> Fit.of(vgg)).hasMessageContaining("begin with features");
    }

    private static Map<String, Tensor> under(String prefix, Map<String, Tensor> tensors) {
        Map<String, Tensor> file = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> file.put(prefix + name, tensor));
        return file;
    }

    private static void assertSame(Foreign foreign, Map<String, Tensor> wanted) {
        Fit fit = Fit.of(foreign);
        assertThat(fit.missing()).isEmpty();
        assertThat(fit.leftOver()).isEmpty();
        assertThat(fit.misshapen()).isEmpty();
        assertThat(fit.mapped().keySet()).containsAll(wanted.keySet());
        wanted.forEach((name, tensor) -> assertThat(
                        Objects.requireNonNull(fit.mapped().get(name)).equal(tensor))
                .as(name)
                .isTrue());
    }
}
