package io.juxta.distill;

import io.juxta.train.AdamW;
import io.juxta.train.Optimizer;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** How gradients become steps of the student. */
@API(status = API.Status.INTERNAL)
public record RuleOptions(
        @Means(
                value = "sgd, the paper's, for residual networks; adamw for vision transformers",
                source = "Fang et al. 2021; Touvron et al. 2021")
        @Default("sgd")
        Rule optimizer,

        @Means(value = "of the gradient; adamw has its own", source = "Fang et al. 2021")
        @Range(least = 0, below = 1)
        @Default("0.9")
        @OnlyWith(key = "optimizer", in = "sgd")
        double momentum,

        @Means(
                value = "with sgd of all parameters, 1e-4 in the paper; with adamw not of biases and norms, 0.05 or so",
                source = "Fang et al. 2021")
        @Range(least = 0, below = 1)
        @Default("1e-4")
        double weightDecay,

        @Means(
                value = "Nesterov's variant of momentum: the step looks ahead by the velocity; not with momentum 0",
                source = "Sutskever et al. 2013")
        @Default("false")
        @OnlyWith(key = "optimizer", in = "sgd")
        boolean nesterov) {
    /** What moves parameters. */
    public enum Rule {
        SGD,
        ADAMW
    }

    public RuleOptions {
        new Sgd.Options(momentum, weightDecay, nesterov);
    }

    /** Values kept of each parameter between two steps. */
    int moments() {
        return optimizer == Rule.ADAMW ? 2 : 1;
    }

    /** @param factors of the learning rate, one for each parameter */
    Optimizer of(List<Tensor> parameters, List<Double> factors) {
        return switch (optimizer) {
            case SGD -> new Sgd(parameters, factors, new Sgd.Options(momentum, weightDecay, nesterov));
            case ADAMW -> new AdamW(parameters, factors, Optimizer.Decayed.MATRICES, weightDecay);
        };
    }
}
