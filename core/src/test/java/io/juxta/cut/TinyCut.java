package io.juxta.cut;

import io.juxta.Filler;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.torch.StateDict;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The networks of the goldens: ngf and ndf 4, filled in closed form. */
public final class TinyCut {
    private TinyCut() {}

    public static ResNetGenerator generator(ScalarType type) {
        ResNetGenerator G =
                new ResNetGenerator(new ResNetGenerator.Options(3, 3, 4, 9, Norm.INSTANCE, false, true, true));
        fill(G, 600, type);
        return G;
    }

    static PatchDiscriminator discriminator(ScalarType type) {
        PatchDiscriminator D = new PatchDiscriminator(new PatchDiscriminator.Options(3, 4, 3, Norm.INSTANCE, true));
        fill(D, 700, type);
        return D;
    }

    /** Weights val(tag + p) sqrt(3 / fan-in), biases a tenth of val, p the place among the parameters. */
    public static void fill(Module network, long tag, ScalarType type) {
        StateDict.convert(network, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long p = tag;
            for (Tensor parameter : StateDict.parameters(network).values()) {
                long fanIn = parameter.numel() / parameter.size(0);
                double scale = parameter.dim() > 1 ? Math.sqrt(3.0 / fanIn) : 0.1;
                parameter.copy_(
                        Filler.tensor(p++, scale, type, parameter.sizes().vec().get()));
            }
        }
    }
}
