package io.juxta.cut.stylegan2;

import io.juxta.Filler;
import io.juxta.torch.StateDict;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The networks of the goldens: ngf 10 and ndf 8 for 64 pixels, filled in closed form. */
public final class TinyStyleGan2 {
    private TinyStyleGan2() {}

    public static StyleGan2Generator generator(ScalarType type) {
        StyleGan2Generator G = new StyleGan2Generator(StyleGan2Generator.Options.of(3, 3, 10, 64));
        fill(G, 900, type);
        return G;
    }

    public static StyleGan2Discriminator discriminator(ScalarType type) {
        StyleGan2Discriminator D = new StyleGan2Discriminator(new StyleGan2Discriminator.Options(3, 8, 64));
        fill(D, 1000, type);
        return D;
    }

    /** Weights sqrt 3 val(tag + p), biases a tenth of val, p the place among the parameters; no noise. */
    private static void fill(Module network, long tag, ScalarType type) {
        StateDict.convert(network, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long[] p = {tag};
            StateDict.parameters(network).forEach((name, parameter) -> {
                double scale = name.endsWith(".bias") ? 0.1 : name.endsWith("noise.weight") ? 0 : Math.sqrt(3);
                long[] shape = parameter.sizes().vec().get();
                parameter.copy_(Filler.tensor(p[0]++, scale, type, shape));
            });
        }
    }
}
