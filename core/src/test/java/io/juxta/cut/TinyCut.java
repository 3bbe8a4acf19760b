package io.juxta.cut;

import io.juxta.Filler;
import io.juxta.cut.losses.GanMode;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.torch.StateDict;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The networks of the goldens: ngf and ndf 4, filled in closed form; and what they are trained by. */
public final class TinyCut {
    /** The layers that are tapped. */
    static final List<Integer> LAYERS = List.of(0, 4, 8, 12, 16);

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

    static CutOptions options(double lambdaNce, boolean nceIdt) {
        return new CutOptions(
                GanMode.LSGAN, 1, lambdaNce, nceIdt, !nceIdt, LAYERS, CutOptions.Negatives.IMAGE, 0.07, 8, 0, 0, 0);
    }

    static PatchSampler sampler(Generator G, ScalarType type) {
        PatchSampler F =
                PatchSampler.projecting(LAYERS.stream().map(G::tapChannels).toList(), 16);
        fill(F, 800, type);
        return F;
    }

    /** The first places of every tap. */
    record FirstPatches(Set<Long> flipped) implements CutDraws {
        @Override
        public boolean flips(long iteration) {
            return flipped.contains(iteration);
        }

        @Override
        public long[] patches(long iteration, int pass, int tap, int places, int patches) {
            return LongStream.range(0, patches).toArray();
        }

        @Override
        public NoiseSource noise(long iteration) {
            return NoiseSource.of(0, iteration);
        }

        @Override
        public double[] shares(long iteration, int count) {
            return new double[count];
        }
    }
}
