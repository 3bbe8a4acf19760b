package io.juxta.cut;

import io.juxta.cut.losses.PatchNce;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.distributed.Communicator;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** PatchNCE over all taps of G (Park et al., 2020, section 3, "Multilayer, patchwise contrastive learning"). */
final class PatchContrast {
    private final CutOptions options;
    private final PatchSampler F;
    private final CutDraws chance;
    private final Communicator communicator;

    PatchContrast(CutOptions options, PatchSampler F, CutDraws chance, Communicator communicator) {
        this.options = options;
        this.F = F;
        this.chance = chance;
        this.communicator = communicator;
    }

    /**
     * The mean over taps, times λ_NCE.
     *
     * @param compared activations of translations, and of what they are translations of
     * @param pass which of the step's domains: each has patches of its own
     * @return a scalar
     */
    Tensor loss(Passes.Activations compared, long iteration, int pass) {
        List<Tensor> real = compared.sources();
        List<Tensor> places = new ArrayList<>();
        for (int tap = 0; tap < real.size(); tap++) {
            int count = Math.toIntExact(real.get(tap).size(2) * real.get(tap).size(3));
            long[] chosen = chance.patches(iteration, pass, tap, count, options.numPatches());
            places.add(Tensor.create(chosen).to(real.get(tap).device(), ScalarType.Long));
        }
        List<Tensor> k;
        try (NoGradGuard guard = new NoGradGuard()) {
            k = F.embeddings(real, places);
        }
        List<Tensor> q = F.embeddings(compared.outputs(), places);
        long images = real.get(0).size(0);
        Tensor loss = loss(q.get(0), k.get(0), images);
        for (int tap = 1; tap < q.size(); tap++) {
            loss = loss.add(loss(q.get(tap), k.get(tap), images));
        }
        return loss.mul(new Scalar(options.lambdaNce() / q.size()));
    }

    /** Of one tap; where all images have negatives for each other, those of all processes do. */
    private Tensor loss(Tensor q, Tensor k, long images) {
        if (options.nceNegatives() == CutOptions.Negatives.IMAGE) {
            return PatchNce.losses(q, k, images, options.nceT()).mean();
        }
        Tensor all = communicator.gather(k.detach());
        return PatchNce.losses(q, k, all, communicator.rank() * k.size(0), options.nceT())
                .mean();
    }
}
