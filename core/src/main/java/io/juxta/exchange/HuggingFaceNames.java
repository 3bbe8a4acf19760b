package io.juxta.exchange;

import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The names of vision transformers in Hugging Face's transformers, ViT's, DINOv2's and DINOv2's with registers, whose queries, keys and
 * values lie in matrices of their own: those of its files, and those that version 5 has in memory.
 */
final class HuggingFaceNames {
    private static final String PATCHES = "embeddings.patch_embeddings.projection.weight";
    private static final Pattern LAYER =
            Pattern.compile("(?:encoder\\.layer|layers)\\.(\\d{1,4})\\.(.+)\\.(weight|bias|lambda1)");
    private static final Map<String, String> EMBEDDINGS = Map.of(
            "embeddings.cls_token",
            "cls_token",
            "embeddings.position_embeddings",
            "pos_embed",
            "embeddings.register_tokens",
            "register_tokens",
            "embeddings.mask_token",
            "mask_token",
            PATCHES,
            "patch_embed.proj.weight",
            "embeddings.patch_embeddings.projection.bias",
            "patch_embed.proj.bias",
            "layernorm.weight",
            "norm.weight",
            "layernorm.bias",
            "norm.bias");

    private static final Map<String, String> LAYERS = Map.ofEntries(
            Map.entry("layernorm_before", "norm1"),
            Map.entry("layernorm_after", "norm2"),
            Map.entry("norm1", "norm1"),
            Map.entry("norm2", "norm2"),
            Map.entry("attention.output.dense", "attn.proj"),
            Map.entry("attention.o_proj", "attn.proj"),
            Map.entry("intermediate.dense", "mlp.fc1"),
            Map.entry("output.dense", "mlp.fc2"),
            Map.entry("mlp.fc1", "mlp.fc1"),
            Map.entry("mlp.fc2", "mlp.fc2"),
            Map.entry("mlp.weights_in", "mlp.w12"),
            Map.entry("mlp.weights_out", "mlp.w3"),
            Map.entry("mlp.down_proj", "mlp.w3"),
            Map.entry("layer_scale1", "ls1"),
            Map.entry("layer_scale2", "ls2"));

    /**
     * What lies in matrices of its own there, and in one here.
     *
     * @param parts below each other, from the first on
     */
    private record Joint(List<String> parts, String own) {}

    private static final List<Joint> JOINTS = List.of(
            new Joint(
                    List.of("attention.attention.query", "attention.attention.key", "attention.attention.value"),
                    "attn.qkv"),
            new Joint(List.of("attention.q_proj", "attention.k_proj", "attention.v_proj"), "attn.qkv"),
            new Joint(List.of("mlp.gate_proj", "mlp.up_proj"), "mlp.w12"));

    private HuggingFaceNames() {}

    /** The same tensors under DINOv2's names, where they are such a transformer's; as they are where not. */
    static Map<String, Tensor> known(Map<String, Tensor> tensors) {
        List<String> prefixes = tensors.keySet().stream()
                .filter(name -> name.equals(PATCHES) || name.endsWith("." + PATCHES))
                .map(name -> name.substring(0, name.length() - PATCHES.length()))
                .toList();
        if (prefixes.size() != 1) {
            return tensors;
        }
        String prefix = prefixes.get(0);
        Map<String, Tensor> named = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            String own = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            Matcher layer = LAYER.matcher(own);
            if (EMBEDDINGS.containsKey(own)) {
                named.put(prefix + EMBEDDINGS.get(own), tensor);
            } else if (!layer.matches()) {
                // a classifier stands beside the transformer
                boolean head = name.matches("classifier\\.(weight|bias)") && isOnClassToken(tensors, prefix);
                named.put(head ? prefix + "head." + name.substring("classifier.".length()) : name, tensor);
            } else if (LAYERS.containsKey(layer.group(2))) {
                String part = layer.group(3).equals("lambda1") ? "gamma" : layer.group(3);
                named.put(prefix + "blocks." + layer.group(1) + "." + LAYERS.get(layer.group(2)) + "." + part, tensor);
            } else {
                joint(tensors, named, prefix, name, layer);
            }
        });
        return named;
    }

    private static boolean isOnClassToken(Map<String, Tensor> tensors, String prefix) {
        Tensor classifier = tensors.get("classifier.weight");
        Tensor cls = tensors.get(prefix + "embeddings.cls_token");
        return classifier != null
                && cls != null
                && classifier.dim() == 2
                && cls.dim() == 3
                && classifier.size(1) == cls.size(2);
    }

    /** Puts what belongs together below each other, once; as it is where a part is missing or of another shape. */
    private static void joint(
            Map<String, Tensor> tensors, Map<String, Tensor> named, String prefix, String name, Matcher layer) {
        for (Joint joint : JOINTS) {
            int place = joint.parts.indexOf(layer.group(2));
            List<Tensor> rows = place < 0 ? List.of() : rows(tensors, name, joint, place);
            if (!rows.isEmpty()) {
                if (place == 0) {
                    String whole = "blocks." + layer.group(1) + "." + joint.own + "." + layer.group(3);
                    named.put(prefix + whole, torch.cat(new TensorVector(rows.toArray(Tensor[]::new)), 0));
                }
                return;
            }
        }
        named.put(name, Objects.requireNonNull(tensors.get(name)));
    }

    /** All parts; nothing where one is missing or of another shape. */
    private static List<Tensor> rows(Map<String, Tensor> tensors, String name, Joint joint, int place) {
        Tensor like = Objects.requireNonNull(tensors.get(name));
        List<Tensor> rows = new ArrayList<>();
        for (String part : joint.parts) {
            Tensor tensor = tensors.get(name.replace("." + joint.parts.get(place) + ".", "." + part + "."));
            if (tensor == null || tensor.dim() < 1 || !StateDict.shape(tensor).equals(StateDict.shape(like))) {
                return List.of();
            }
            rows.add(tensor);
        }
        return rows;
    }
}
