package io.juxta.distill;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/** What the student is held to, in the paper's symbols. */
@API(status = API.Status.INTERNAL)
public record DistillOptions(
        @Means(
                value =
                        "what the student is to do as the teacher does: seed, to find an image near to others and far from"
                                + " others; regression, to embed it in the same place",
                source = "Fang et al. 2021; Navaneet et al. 2021")
        @Default("seed")
        Loss loss,

        @Means(
                value = "the teacher's embeddings in the queue, a multiple of batch-size: 65536 in the paper",
                source = "Fang et al. 2021")
        @Range(least = 1, most = 16777216)
        @Key("K")
        @Default("65536")
        @OnlyWith(key = "loss", in = "seed")
        int K,

        @Means(value = "temperature of the student's similarities, 0.2 in the paper", source = "Fang et al. 2021")
        @Range(most = 100, above = 0)
        @Default("0.2")
        @OnlyWith(key = "loss", in = "seed")
        double tauS,

        @Means(
                value =
                        "temperature of the teacher's similarities: 0.01 in the paper, 0.0001 in its program; the nearer to"
                                + " 0, the fewer images count besides the own",
                source = "Fang et al. 2021")
        @Range(most = 100, above = 0)
        @Default("0.01")
        @OnlyWith(key = "loss", in = "seed")
        double tauT) {
    /** What is minimised. */
    public enum Loss {
        /** {@link SimilarityDistillation}. */
        SEED,
        /** {@link FeatureRegression}. */
        REGRESSION
    }

    public DistillOptions {
        if (K < 1 || K > 1 << 24) {
            throw new IllegalArgumentException(
                    "K " + K + " must be from 1 to " + (1 << 24) + " (65536 is the paper's)");
        }
        requireTemperature("tau-s", tauS, "0.2 is the paper's");
        requireTemperature("tau-t", tauT, "0.01 is the paper's");
    }

    private static void requireTemperature(String key, double tau, String usual) {
        if (!(tau > 0 && tau <= 100)) {
            throw new IllegalArgumentException(key + " " + tau + " must be above 0 and at most 100 (" + usual + ")");
        }
    }

    DistillOptions withQueue(int embeddings) {
        return new DistillOptions(loss, embeddings, tauS, tauT);
    }
}
