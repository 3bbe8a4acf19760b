package io.juxta.cut;

import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.data.LoaderOptions;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.train.Resident;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;

/** What a run will take of memory, before it starts: a sum over what must be alive at once, not a promise. */
@API(status = API.Status.INTERNAL)
public final class TranslationMemory {
    private static final long FLOAT = 4;
    /** Of a value of an activation in a shorter type, measured: what is compared, and what comes out, is lengthened at the end of a pass. */
    private static final double SHORTENED = 2.6;

    private TranslationMemory() {}

    /**
     * Bytes resident at the peak of a step on a CPU: when the generator's gradients begin to flow, and what it made of all
     * images, of its own translations up to the last tap, and what the discriminator made of these is all there.
     *
     * @param loader of the run: its ring of batches
     */
    public static long of(CutRecipe recipe, LoaderOptions loader) {
        NetworkOptions networks = recipe.networks();
        CutOptions cut = recipe.cut();
        Precision precision = recipe.training().precision();
        long side = recipe.views().cropSize();
        long images = loader.batchSize();
        try (PointerScope scope = new PointerScope()) {
            Generator G = networks.shapes(recipe.views().cropSize());
            Discriminator D = networks.discriminator(recipe.views().cropSize());
            PatchSampler F = networks.sampler(G, cut.nceLayers());
            long parameters = List.<Module>of(G, D, F).stream()
                    .mapToLong(StateDict::parameterCount)
                    .sum();
            int lastTap = cut.nceLayers().get(cut.nceLayers().size() - 1);
            long compared = cut.lambdaNce() > 0 ? (cut.nceIdt() ? 2 : 1) * images : 0;
            long translated = (cut.translatesTargets() ? 2 : 1) * images;
            long activations = translated * G.chain().kept(side, side)
                    + compared * G.chain().before(lastTap + 1).kept(side, side)
                    + images * D.chain().kept(side, side);
            // with gradients and both moments; and all but the gradients once more, for the step that goes wrong
            long weights = 7 * parameters;
            long ring = loader.depth() * images * (networks.inputNc() + networks.outputNc()) * side * side;
            long pool = 2L * recipe.pool().poolSize() * networks.outputNc() * side * side;
            // in a shorter type than their own the weights are kept once more, for as long as a pass
            long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
            double each = precision.isMixed() ? SHORTENED : FLOAT;
            return Resident.bytes(FLOAT * (weights + ring + pool) + (long) (each * activations) + shortened);
        }
    }
}
