package io.juxta.exchange;

import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The names of vision transformers in Hugging Face's transformers, ViT's, DINOv2's and DINOv2's with registers, whose queries, keys and
 * values lie in matrices of their own.
 */
final class HuggingFaceNames {
    private static final String PATCHES = "embeddings.patch_embeddings.projection.weight";
    private static final Pattern LAYER = Pattern.compile("encoder\\.layer\\.(\\d{1,4})\\.(.+)\\.(weight|bias|lambda1)");
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
            Map.entry("intermediate.dense", "mlp.fc1"),
            Map.entry("output.dense", "mlp.fc2"),
            Map.entry("mlp.fc1", "mlp.fc1"),
            Map.entry("mlp.fc2", "mlp.fc2"),
            Map.entry("mlp.weights_in", "mlp.w12"),
            Map.entry("mlp.weights_out", "mlp.w3"),
            Map.entry("layer_scale1", "ls1"),
            Map.entry("layer_scale2", "ls2"));

    private static final List<String> ATTENTION = List.of("query", "key", "value");
    private static final String QUERY = "attention.attention.query";

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
            } else if (layer.group(2).equals(QUERY)) {
                joined(tensors, name, QUERY)
                        .ifPresentOrElse(
                                qkv -> named.put(
                                        prefix + "blocks." + layer.group(1) + ".attn.qkv." + layer.group(3), qkv),
                                () -> named.put(name, tensor));
            } else if (!isTaken(tensors, name)) {
                named.put(name, tensor);
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

    /** Queries, keys and values below each other; nothing where one is missing or of another shape. */
    private static Optional<Tensor> joined(Map<String, Tensor> tensors, String query, String part) {
        List<Tensor> rows = new ArrayList<>();
        for (String each : ATTENTION) {
            Tensor tensor = tensors.get(query.replace(part, part.replace("query", each)));
            Tensor like = tensors.get(query);
            if (tensor == null || like == null || tensor.dim() < 1 || !sameShape(tensor, like)) {
                return Optional.empty();
            }
            rows.add(tensor);
        }
        return Optional.of(torch.cat(new TensorVector(rows.toArray(Tensor[]::new)), 0));
    }

    private static boolean sameShape(Tensor a, Tensor b) {
        return b != null && StateDict.shape(a).equals(StateDict.shape(b));
    }

    /** Whether keys or values went with their queries. */
    private static boolean isTaken(Map<String, Tensor> tensors, String name) {
        for (String each : List.of("key", "value")) {
            String part = "attention.attention." + each;
            if (name.contains(part)) {
                String query = name.replace(part, QUERY);
                return tensors.containsKey(query)
                        && joined(tensors, query, QUERY).isPresent();
            }
        }
        return false;
    }
}
