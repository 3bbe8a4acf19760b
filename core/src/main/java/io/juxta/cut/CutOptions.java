package io.juxta.cut;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import java.util.List;

/**
 * What CUT's step adds up. Defaults are CUT's (Park et al. 2020, appendix C.1); FastCUT has {@code lambda-nce} 10, {@code
 * nce-idt} false and {@code flip-equivariance} true; SinCUT {@code lambda-nce} 4, {@code nce-layers} [0, 2, 4], {@code
 * num-patches} 1, {@code nce-negatives} batch, {@code gan-mode} nonsaturating, {@code lambda-r1} and {@code
 * lambda-identity} 1.
 *
 * @param ganMode what scores cost: {@code lsgan}, {@code vanilla}, {@code wgangp}, {@code nonsaturating} or {@code hinge}
 * @param lambdaGan weight of the discriminator's say
 * @param lambdaNce weight of PatchNCE; 0 for none
 * @param nceIdt whether half of PatchNCE is that of images of the target domain, which G should leave as they are
 * @param flipEquivariance whether half of the steps compare the translation of the flipped image
 * @param nceLayers taps, ascending, see {@link ResNetGenerator} for their numbers
 * @param nceNegatives {@code image}: patches of the same image; {@code batch}: of all images of the step
 * @param nceT temperature
 * @param numPatches patches of each tap and image
 * @param lambdaR1 weight of R1, half the squared gradient of the scores of real images (Mescheder et al. 2018)
 * @param lambdaGradientPenalty weight of the gradient penalty of {@code wgangp} (Gulrajani et al. 2017)
 * @param lambdaIdentity weight of the L1 distance between an image of the target domain and its translation
 */
public record CutOptions(
        @Default("lsgan") GanMode ganMode,
        @Default("1") double lambdaGan,
        @Default("1") double lambdaNce,
        @Default("true") boolean nceIdt,
        @Default("false") boolean flipEquivariance,
        @Default("[0, 4, 8, 12, 16]") List<Integer> nceLayers,
        @Default("image") Negatives nceNegatives,
        @Key("nce-T") @Default("0.07") double nceT,
        @Default("256") int numPatches,
        @Default("0") double lambdaR1,
        @Default("10") double lambdaGradientPenalty,
        @Default("0") double lambdaIdentity) {
    /** Which patches a patch must not be taken for. */
    public enum Negatives {
        IMAGE,
        BATCH
    }

    public CutOptions {
        nceLayers = List.copyOf(nceLayers);
        weight("lambda-gan", lambdaGan);
        weight("lambda-nce", lambdaNce);
        weight("lambda-r1", lambdaR1);
        weight("lambda-gradient-penalty", lambdaGradientPenalty);
        weight("lambda-identity", lambdaIdentity);
        check(lambdaGan + lambdaNce > 0, "lambda-gan and lambda-nce are both 0: the generator would learn nothing");
        check(!nceLayers.isEmpty(), "nce-layers [] must name at least one layer; lambda-nce 0 is for no PatchNCE");
        for (int i = 0; i < nceLayers.size(); i++) {
            check(
                    nceLayers.get(i) >= (i == 0 ? 0 : nceLayers.get(i - 1) + 1),
                    "nce-layers " + nceLayers + " must ascend from at least 0, each layer once");
        }
        check(nceT > 0 && nceT <= 100, "nce-T " + nceT + " must be above 0 and at most 100 (0.07 is the paper's)");
        check(
                numPatches >= 1 && numPatches <= 65536,
                "num-patches " + numPatches + " must be from 1 to 65536 (256 is the paper's)");
    }

    private static void weight(String name, double value) {
        check(value >= 0 && value <= 1e6, name + " " + value + " must be from 0 to 1000000");
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Whether the discriminator learns by gradients of its gradients. */
    boolean penalizesGradients() {
        return lambdaR1 > 0 || (ganMode == GanMode.WGANGP && lambdaGradientPenalty > 0);
    }

    /** Whether images of the target domain go through G. */
    boolean translatesTargets() {
        return (nceIdt && lambdaNce > 0) || lambdaIdentity > 0;
    }
}
