package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks written under transformers' names by a table of our own come back as what they were, value by value. */
class HuggingFaceNamesTest {
    private static Map<String, Tensor> written(Map<String, Tensor> own, String prefix, boolean dinov2) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        own.forEach((name, tensor) -> {
            String part = name.substring(name.lastIndexOf('.') + 1);
            if (name.contains(".attn.qkv.")) {
                String layer = name.split("\\.")[1];
                long rows = tensor.size(0) / 3;
                List<String> parts = List.of("query", "key", "value");
                for (int i = 0; i < 3; i++) {
                    named.put(
                            prefix + "encoder.layer." + layer + ".attention.attention." + parts.get(i) + "." + part,
                            tensor.narrow(0, i * rows, rows).contiguous());
                }
                return;
            }
            String other = name.replaceFirst("^(cls_token|mask_token|register_tokens)$", "embeddings.$1")
                    .replaceFirst("^pos_embed$", "embeddings.position_embeddings")
                    .replaceFirst("^patch_embed\\.proj", "embeddings.patch_embeddings.projection")
                    .replaceFirst("^norm\\.", "layernorm.")
                    .replaceFirst("^blocks\\.", "encoder.layer.")
                    .replace(".attn.proj.", ".attention.output.dense.")
                    .replaceFirst("\\.ls([12])\\.gamma", ".layer_scale$1.lambda1")
                    .replace(".mlp.w12.", ".mlp.weights_in.")
                    .replace(".mlp.w3.", ".mlp.weights_out.");
            if (!dinov2) {
                other = other.replace(".norm1.", ".layernorm_before.")
                        .replace(".norm2.", ".layernorm_after.")
                        .replace(".mlp.fc1.", ".intermediate.dense.")
                        .replace(".mlp.fc2.", ".output.dense.");
            }
            named.put(name.startsWith("head.") ? name.replace("head.", "classifier.") : prefix + other, tensor);
        });
        return named;
    }

    @ParameterizedTest
    @CsvSource({
        "vit., false, 0, false, MLP, 0",
        "vit., false, 0, false, MLP, 5",
        "'', true, 0, true, MLP, 0",
        "dinov2_with_registers., true, 4, true, MLP, 0",
        "'', true, 4, true, SWIGLU, 0"
    })
    void everyTensorComesBack(
            String prefix, boolean dinov2, int registers, boolean layerScale, FeedForward feedForward, int classes) {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            TransformerOptions options = new TransformerOptions(
                    192, 2, 3, 16, 2, Positions.ANTIALIASED, registers, layerScale, feedForward, dinov2, 1e-6);
            VisionTransformer network = new VisionTransformer(options, VisionTransformer.Output.CLASS, classes);
            Map<String, Tensor> own = StateDict.of(network);
            Map<String, Tensor> file = written(own, prefix, dinov2);
            assertThat(file.keySet()).noneMatch(name -> name.contains("qkv"));
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.kind()).isEqualTo(Foreign.Kind.VIT);
            assertThat(foreign.recipe()).contains("registers: " + registers + "\n", "depth: 2\n", "heads: 3\n");
            Fit fit = Fit.of(foreign);
            assertThat(fit.isWhole()).isTrue();
            fit.mapped().forEach((name, tensor) -> {
                if (own.containsKey(name)) {
                    assertThat(tensor.equal(own.get(name))).as(name).isTrue();
                }
            });
            assertThat(fit.mapped().keySet()).containsAll(own.keySet());
        }
    }

    @Test
    void aHalfAttentionIsNoTransformerOfTheirs() {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            TransformerOptions options = new TransformerOptions(
                    192, 1, 3, 16, 2, Positions.ANTIALIASED, 0, false, FeedForward.MLP, false, 1e-6);
            Map<String, Tensor> file = written(StateDict.of(new VisionTransformer(options)), "vit.", false);
            file.remove("vit.encoder.layer.0.attention.attention.key.weight");
            Foreign foreign = Foreign.of(file);
            assertThat(foreign.kind() == Foreign.Kind.VIT && Fit.of(foreign).isWhole())
                    .isFalse();
        }
    }
}
