package io.juxta.backbone;

import io.juxta.Filler;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.torch.StateDict;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Vision transformers and inputs filled as the original programs' were, by each tensor's role. */
public final class FilledTransformer {
    private FilledTransformer() {}

    /** Dim 24, depth 2, heads 3, patch 4, picture 16. */
    static TransformerOptions tiny(Positions positions, int registers, boolean layerScale, FeedForward feedForward) {
        return new TransformerOptions(24, 2, 3, 4, 4, positions, registers, layerScale, feedForward, true, 1e-6);
    }

    static VisionTransformer filled(TransformerOptions options, ScalarType type) {
        return filled(new VisionTransformer(options), 2000, type);
    }

    /** In evaluation mode. */
    public static VisionTransformer filled(VisionTransformer network, int tag, ScalarType type) {
        int depth = network.options().depth();
        StateDict.convert(network, type);
        try (NoGradGuard guard = new NoGradGuard()) {
            for (Map.Entry<String, Tensor> named : StateDict.of(network).entrySet()) {
                Tensor tensor = named.getValue();
                tensor.copy_(values(named.getKey(), tag + role(named.getKey(), depth), type, shape(tensor)));
            }
        }
        network.eval();
        return network;
    }

    private static Tensor values(String name, long tag, ScalarType type, long... shape) {
        if (name.endsWith("_token") || name.endsWith("_tokens") || name.equals("pos_embed")) {
            return values(tag, 0, 0.5, type, shape);
        }
        if (name.endsWith("gamma")) {
            return values(tag, 0.5, 0.25, type, shape);
        }
        if (name.endsWith(".bias")) {
            return values(tag, 0, 0.1, type, shape);
        }
        if (name.contains("norm")) {
            return values(tag, 1, 0.1, type, shape);
        }
        long fanIn = 1;
        for (int i = 1; i < shape.length; i++) {
            fanIn *= shape[i];
        }
        return values(tag, 0, Math.sqrt(3.0 / fanIn), type, shape);
    }

    static Tensor values(long tag, double offset, double scale, ScalarType type, long... shape) {
        int count = 1;
        for (long side : shape) {
            count *= Math.toIntExact(side);
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = offset + Filler.val(tag, i) * scale;
        }
        return Tensor.create(values, shape).to(type);
    }

    /** What is given to a network. */
    public static Tensor input(long tag, ScalarType type, long... shape) {
        return values(tag, 0, 1, type, shape);
    }

    private static int role(String name, int depth) {
        int norm = 4 + 12 * depth;
        switch (name) {
            case "cls_token":
                return 0;
            case "pos_embed":
                return 1;
            case "patch_embed.proj.weight":
                return 2;
            case "patch_embed.proj.bias":
                return 3;
            case "norm.weight":
                return norm;
            case "norm.bias":
                return norm + 1;
            case "register_tokens":
                return depth == 2 ? 40 : 200;
            case "mask_token":
                return depth == 2 ? 41 : 201;
            default:
                String[] parts = name.split("\\.", 3);
                int block = Integer.parseInt(parts[1]);
                int scale = depth == 2 ? 30 : 160;
                if (parts[2].startsWith("ls")) {
                    return scale + 2 * block + parts[2].charAt(2) - '1';
                }
                int bias = parts[2].endsWith("bias") ? 1 : 0;
                return 4 + 12 * block + 2 * layer(parts[2]) + bias;
        }
    }

    private static int layer(String name) {
        String own = name.substring(0, name.lastIndexOf('.'));
        return switch (own) {
            case "norm1" -> 0;
            case "attn.qkv" -> 1;
            case "attn.proj" -> 2;
            case "norm2" -> 3;
            case "mlp.fc1", "mlp.w12" -> 4;
            case "mlp.fc2", "mlp.w3" -> 5;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }
}
