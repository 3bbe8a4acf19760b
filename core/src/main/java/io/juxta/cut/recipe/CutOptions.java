package io.juxta.cut.recipe;

import io.juxta.cut.losses.GanMode;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/**
 * What CUT's step adds up. Defaults are CUT's (Park et al., 2020, appendix C.1); FastCUT has {@code lambda-nce} 10, {@code
 * nce-idt} false and {@code flip-equivariance} true; SinCUT {@code lambda-nce} 4, {@code nce-layers} [0, 2, 4], {@code
 * num-patches} 1, {@code nce-negatives} batch, {@code gan-mode} nonsaturating, {@code lambda-r1} and {@code
 * lambda-identity} 1.
 */
@API(status = API.Status.INTERNAL)
public record CutOptions(
        @Means(value = "what the discriminator's scores cost", source = "Park et al. 2020")
        @Default("lsgan")
        @OnlyWith(key = "lambda-gan")
        GanMode ganMode,

        @Means(value = "weight of the discriminator's say", source = "Park et al. 2020")
        @Range(least = 0, most = 1000000.0)
        @Default("1")
        double lambdaGan,

        @Means(
                value = "weight of PatchNCE: 1 in CUT, 10 in FastCUT, 4 in SinCUT; 0 for none",
                source = "Park et al. 2020")
        @Range(least = 0, most = 1000000.0)
        @Default("1")
        double lambdaNce,

        @Means(
                value = "whether half of PatchNCE is that of images of the target domain, which the generator should "
                        + "leave as they are",
                source = "Park et al. 2020")
        @Default("true")
        @OnlyWith(key = "lambda-nce")
        boolean nceIdt,

        @Means(
                value = "whether half of the steps compare the translation of the flipped image: FastCUT",
                source = "Park et al. 2020")
        @Default("false")
        boolean flipEquivariance,

        @Means(
                value = "layers of the generator whose activations PatchNCE compares, ascending; SinCUT has [0, 2, 4]",
                source = "Park et al. 2020")
        @Range(least = 0)
        @Default("[0, 4, 8, 12, 16]")
        @OnlyWith(key = "lambda-nce")
        List<Integer> nceLayers,

        @Means(
                value = "what a patch must not be taken for: patches of the same image, or of all images of the batch "
                        + "(SinCUT)",
                source = "Park et al. 2020")
        @Default("image")
        @OnlyWith(key = "lambda-nce")
        Negatives nceNegatives,

        @Means(value = "temperature of PatchNCE", source = "Park et al. 2020")
        @Range(most = 100, above = 0)
        @Key("nce-T")
        @Default("0.07")
        @OnlyWith(key = "lambda-nce")
        double nceT,

        @Means(value = "patches of each layer and image; 1 in SinCUT", source = "Park et al. 2020")
        @Range(least = 1, most = 65536)
        @Default("256")
        @OnlyWith(key = "lambda-nce")
        int numPatches,

        @Means(
                value = "weight of R1, half the squared gradient of the scores of real images; 1 in SinCUT",
                source = "Mescheder et al. 2018")
        @Range(least = 0, most = 1000000.0)
        @Default("0")
        double lambdaR1,

        @Means(value = "weight of the gradient penalty; only with gan-mode wgangp", source = "Gulrajani et al. 2017")
        @Range(least = 0, most = 1000000.0)
        @Default("10")
        @OnlyWith(key = "gan-mode", in = "wgangp")
        double lambdaGradientPenalty,

        @Means(
                value = "weight of the L1 distance between an image of the target domain and its translation; 1 in "
                        + "SinCUT",
                source = "Park et al. 2020")
        @Range(least = 0, most = 1000000.0)
        @Default("0")
        double lambdaIdentity) {
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
    public boolean penalizesGradients() {
        return lambdaR1 > 0 || (ganMode == GanMode.WGANGP && lambdaGradientPenalty > 0);
    }

    /** Whether images of the target domain go through G. */
    public boolean translatesTargets() {
        return (nceIdt && lambdaNce > 0) || lambdaIdentity > 0;
    }
}
