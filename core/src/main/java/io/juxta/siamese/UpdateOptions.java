package io.juxta.siamese;

import io.juxta.train.AdamW;
import io.juxta.train.Lars;
import io.juxta.train.Optimizer;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** How gradients become steps. */
@API(status = API.Status.INTERNAL)
public record UpdateOptions(
        @Means(
                value = "lars for batches in the thousands, sgd for smaller ones, adamw for vision transformers",
                source = "You et al. 2017; Chen and He 2021; Chen, Xie and He 2021")
        @Default("lars")
        Rule optimizer,

        @Means(value = "of the gradient", source = "Chen et al. 2020")
        @Range(least = 0, below = 1)
        @Default("0.9")
        @OnlyWith(
                key = "optimizer",
                in = {"lars", "sgd"})
        double momentum,

        @Means(
                value =
                        "of all parameters with sgd and adamw; with lars not of biases and batch norms. 1e-6 with lars, "
                                + "1e-4 in SimSiam, 0.1 with adamw",
                source = "Grill et al. 2020")
        @Range(least = 0, below = 1)
        @Default("1e-6")
        double weightDecay,

        @Means(value = "the part of its norm that a tensor moves at a learning rate of 1", source = "You et al. 2017")
        @Range(most = 1, above = 0)
        @Default("0.001")
        @OnlyWith(key = "optimizer", in = "lars")
        double trustCoefficient,

        @Means(
                value = "the rate of biases and batch norms as a share of the others': 1, in Barlow Twins 0.024",
                source = "Zbontar et al. 2021")
        @Range(most = 1000, above = 0)
        @Default("1")
        @OnlyWith(key = "optimizer", in = "lars")
        double vectorLr,

        @Means(
                value = "where the rate is multiplied in: at-the-step moves by the rate times the velocity, "
                        + "in-the-velocity, SimCLR's, gathers what was multiplied already",
                source = "Chen et al. 2020")
        @Default("at-the-step")
        @OnlyWith(key = "optimizer", in = "lars")
        Lars.Rate larsRate) {
    /** What moves parameters. */
    public enum Rule {
        SGD,
        LARS,
        /** Its means decay by 0.9 and 0.999; weight decay of all parameters. */
        ADAMW
    }

    public UpdateOptions {
        new Sgd.Options(momentum, weightDecay);
        if (!(trustCoefficient > 0 && trustCoefficient <= 1)) {
            throw new IllegalArgumentException(
                    "trust-coefficient " + trustCoefficient + " must be above 0 and at most 1 (0.001 is the papers')");
        }
        if (!(vectorLr > 0 && vectorLr <= 1000)) {
            throw new IllegalArgumentException(
                    "vector-lr " + vectorLr + " must be above 0 and at most 1000 (1 is the same rate for all)");
        }
    }

    /**
     * @param parameters all must get a gradient in every step
     * @param factors of the learning rate, one for each of them
     */
    Optimizer of(List<Tensor> parameters, List<Double> factors) {
        return switch (optimizer) {
            case SGD -> new Sgd(parameters, factors, new Sgd.Options(momentum, weightDecay));
            case LARS ->
                new Lars(
                        parameters,
                        factors,
                        new Lars.Options(momentum, weightDecay, trustCoefficient, vectorLr, larsRate));
            case ADAMW -> new AdamW(parameters, factors, AdamW.Decayed.ALL, weightDecay);
        };
    }
}
