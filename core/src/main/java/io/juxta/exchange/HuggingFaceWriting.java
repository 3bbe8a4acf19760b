package io.juxta.exchange;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ResNet;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Backbones under the names that Hugging Face's transformers gives them in its files, in its order: ResNetModel, ViTModel, Dinov2Model
 * and Dinov2WithRegistersModel. The way back is {@link HuggingFaceNames} and {@link Layout#HUGGING_FACE}.
 */
final class HuggingFaceWriting {
    private static final List<String> PARTS = List.of("weight", "bias");
    private static final List<String> NORM =
            List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    private static final List<String> ATTENTION = List.of("query", "key", "value");

    private final Map<String, Tensor> own;
    private final Map<String, Tensor> theirs = new LinkedHashMap<>();

    private HuggingFaceWriting(Map<String, Tensor> own) {
        this.own = own;
    }

    /**
     * Of a residual network.
     *
     * @param own tensors by torchvision's names
     * @throws IllegalArgumentException when transformers has no such network, in one line
     */
    static Map<String, Tensor> resnet(Map<String, Tensor> own, ResNet.Options options) {
        Architecture architecture = options.architecture();
        if (architecture.groups() != 1 || architecture.widthPerGroup() != 64) {
            throw new IllegalArgumentException("transformers has no " + architecture.name()
                    + ", but resnet18 to resnet152: use --format torchvision or timm");
        }
        if (options.stem() != Architecture.Stem.IMAGENET) {
            throw new IllegalArgumentException(
                    "transformers' ResNets have the stem for photos (7 x 7, pooling), this one has"
                            + " that for small images: use --format safetensors, torchvision or onnx");
        }
        HuggingFaceWriting writing = new HuggingFaceWriting(own);
        writing.normed("conv1", "bn1", "embedder.embedder");
        for (int stage = 0; stage < ResNet.STAGES; stage++) {
            for (int block = 0; block < architecture.blocks().get(stage); block++) {
                writing.block(
                        "layer" + (stage + 1) + "." + block + ".",
                        "encoder.stages." + stage + ".layers." + block + ".",
                        architecture.bottleneck() ? 3 : 2);
            }
        }
        return writing.theirs;
    }

    private void block(String from, String to, int convolutions) {
        if (own.containsKey(from + "downsample.0.weight")) {
            normed(from + "downsample.0", from + "downsample.1", to + "shortcut");
        }
        for (int i = 0; i < convolutions; i++) {
            normed(from + "conv" + (i + 1), from + "bn" + (i + 1), to + "layer." + i);
        }
    }

    private void normed(String convolution, String norm, String to) {
        put(to + ".convolution.weight", convolution + ".weight");
        NORM.forEach(part -> put(to + ".normalization." + part, norm + "." + part));
    }

    /**
     * Of a vision transformer: ViT's names for a plain one, DINOv2's for one with layer scale.
     *
     * @param own tensors by DINOv2's names
     * @throws IllegalArgumentException when transformers has no such network, in one line
     */
    static Map<String, Tensor> transformer(Map<String, Tensor> own, TransformerOptions options) {
        boolean dinov2 = options.layerScale();
        if (options.positions() == Positions.ROTARY) {
            throw new IllegalArgumentException(
                    "positions that are turned into queries and keys have no names in transformers' ViT and DINOv2: use"
                            + " --format safetensors");
        }
        if (!dinov2 && (options.registers() > 0 || options.feedForward() == FeedForward.SWIGLU)) {
            throw new IllegalArgumentException(
                    "transformers' ViT has neither registers nor gated layers, which only its"
                            + " DINOv2, with layer scale, has: use --format timm");
        }
        HuggingFaceWriting writing = new HuggingFaceWriting(own);
        writing.put("embeddings.cls_token", "cls_token");
        if (dinov2) {
            Tensor mask = own.get("mask_token");
            writing.theirs.put("embeddings.mask_token", mask == null ? torch.zeros(1, options.dim()) : mask);
        }
        writing.put("embeddings.position_embeddings", "pos_embed");
        if (options.registers() > 0) {
            writing.put("embeddings.register_tokens", "register_tokens");
        }
        writing.layer("patch_embed.proj", "embeddings.patch_embeddings.projection");
        for (int i = 0; i < options.depth(); i++) {
            String from = "blocks." + i + ".";
            String to = "encoder.layer." + i + ".";
            if (dinov2) {
                writing.dinov2(from, to, options.feedForward() == FeedForward.SWIGLU);
            } else {
                writing.vit(from, to);
            }
        }
        writing.layer("norm", "layernorm");
        return writing.theirs;
    }

    private void vit(String from, String to) {
        attention(from, to);
        layer(from + "norm1", to + "layernorm_before");
        layer(from + "norm2", to + "layernorm_after");
        layer(from + "mlp.fc1", to + "intermediate.dense");
        layer(from + "mlp.fc2", to + "output.dense");
    }

    private void dinov2(String from, String to, boolean gated) {
        layer(from + "norm1", to + "norm1");
        attention(from, to);
        put(to + "layer_scale1.lambda1", from + "ls1.gamma");
        layer(from + "norm2", to + "norm2");
        layer(from + (gated ? "mlp.w12" : "mlp.fc1"), to + (gated ? "mlp.weights_in" : "mlp.fc1"));
        layer(from + (gated ? "mlp.w3" : "mlp.fc2"), to + (gated ? "mlp.weights_out" : "mlp.fc2"));
        put(to + "layer_scale2.lambda1", from + "ls2.gamma");
    }

    /** Queries, keys and values, which lie below each other here, in matrices of their own. */
    private void attention(String from, String to) {
        for (int i = 0; i < ATTENTION.size(); i++) {
            for (String part : PARTS) {
                Tensor all = required(from + "attn.qkv." + part);
                long rows = all.size(0) / 3;
                theirs.put(
                        to + "attention.attention." + ATTENTION.get(i) + "." + part,
                        all.narrow(0, i * rows, rows).contiguous());
            }
        }
        layer(from + "attn.proj", to + "attention.output.dense");
    }

    private void layer(String from, String to) {
        PARTS.forEach(part -> put(to + "." + part, from + "." + part));
    }

    private void put(String name, String from) {
        theirs.put(name, required(from));
    }

    private Tensor required(String name) {
        return Objects.requireNonNull(own.get(name), name);
    }
}
