package io.juxta.backbone;

import io.juxta.torch.StateDict;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The weights that a vision transformer begins with. Norms begin at 1 and 0, the bias of layers at 0. */
@API(status = API.Status.INTERNAL)
public enum TransformerBeginning {
    /** Layers and positions normal 0.02, tokens next to nothing, the projection of patches libtorch's default. */
    DINOV2 {
        @Override
        void parameter(VisionTransformer network, String name, Tensor tensor) {
            if (name.equals("pos_embed") || isLayer(name) && tensor.dim() == 2) {
                normal(tensor, NORMAL);
            } else if (name.equals("cls_token") || name.equals("register_tokens")) {
                normal(tensor, NEXT_TO_NOTHING);
            } else if (isLayer(name) && name.endsWith(".bias")) {
                tensor.zero_();
            }
        }
    },
    /** The same, the class token normal 0.02 too (Caron et al., 2021, program). */
    DINO {
        @Override
        void parameter(VisionTransformer network, String name, Tensor tensor) {
            if (name.equals("cls_token")) {
                normal(tensor, NORMAL);
            } else {
                DINOV2.parameter(network, name, tensor);
            }
        }
    },
    /**
     * Everything uniform by fan-in and fan-out, queries, keys and values each for themselves; positions are sines and cosines
     * that stay as they are (Chen, Xie and He 2021, appendix A).
     */
    MOCO_V3 {
        @Override
        void parameter(VisionTransformer network, String name, Tensor tensor) {
            TransformerOptions options = network.options();
            if (name.equals("pos_embed")) {
                tensor.copy_(Positions.sinCos(options.grid(), options.grid(), options.dim()));
                network.freeze(name);
            } else if (name.equals("cls_token") || name.equals("register_tokens")) {
                normal(tensor, NEXT_TO_NOTHING);
            } else if (name.equals("patch_embed.proj.weight")) {
                uniform(tensor, 3L * options.patch() * options.patch() + options.dim());
            } else if (isLayer(name) && tensor.dim() == 2) {
                long out = name.endsWith("qkv.weight") ? tensor.size(0) / 3 : tensor.size(0);
                uniform(tensor, out + tensor.size(1));
            } else if (name.endsWith(".bias") && (isLayer(name) || name.startsWith("patch_embed."))) {
                tensor.zero_();
            }
        }
    };

    private static final double NORMAL = 0.02;
    private static final double NEXT_TO_NOTHING = 1e-6;

    abstract void parameter(VisionTransformer network, String name, Tensor tensor);

    void fill(VisionTransformer network) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Map.Entry<String, Tensor> named : StateDict.parameters(network).entrySet()) {
                parameter(network, named.getKey(), Objects.requireNonNull(named.getValue()));
            }
        }
    }

    /** Of a block, or of a linear layer behind all; another head keeps the weights that it comes with. */
    private static boolean isLayer(String name) {
        return name.startsWith("head.") || name.startsWith("blocks.") && !name.contains(".norm");
    }

    private static void normal(Tensor tensor, double deviation) {
        tensor.normal_(0, deviation, new GeneratorOptional());
    }

    /** ±sqrt(6 / fan), Glorot and Bengio 2010, equation 16. */
    private static void uniform(Tensor tensor, long fan) {
        double bound = Math.sqrt(6.0 / fan);
        tensor.copy_(torch.rand_like(tensor).mul(new Scalar(2 * bound)).sub(new Scalar(bound)));
    }

    /** As recipes spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
