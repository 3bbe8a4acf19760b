package io.juxta.dino;

import io.juxta.torch.TensorLists;
import io.juxta.train.AdamW;
import io.juxta.train.FineTuning;
import io.juxta.train.Lars;
import io.juxta.train.Optimizer;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Moves the student's parameters; biases and norms do not decay. */
@API(status = API.Status.INTERNAL)
public final class StudentUpdates implements AutoCloseable {
    /** What the authors add to a norm. */
    private static final double EPSILON = 1e-6;

    private final Map<String, Tensor> parameters;
    private final Optimizer optimizer;
    private final double clip;

    /** What moves parameters. */
    public enum Rule {
        ADAMW,
        SGD,
        LARS
    }

    /** How gradients become steps; weight decay is {@link DinoOptions}'. */
    public record Options(
            @Means(
                    value = "adamw for vision transformers, sgd or lars for residual networks",
                    source = "Caron et al. 2021, section 3.2")
            @Default("adamw")
            Rule optimizer,

            @Means(value = "of the gradient; adamw has its own", source = "Caron et al. 2021, program")
            @Range(least = 0, below = 1)
            @Default("0.9")
            @OnlyWith(
                    key = "optimizer",
                    in = {"sgd", "lars"})
            double momentum,

            @Means(
                    value =
                            "the largest norm of each tensor's gradient, which is shortened to it: 3 in the paper's runs, 0.3 in long"
                                    + " ones of large networks; 0 for none",
                    source = "Caron et al. 2021, program")
            @Range(least = 0, most = 1000)
            @Default("3")
            double clipGrad) {
        public Options {
            new Sgd.Options(momentum, 0);
            if (!(clipGrad >= 0 && clipGrad <= 1000)) {
                throw new IllegalArgumentException(
                        "clip-grad " + clipGrad + " must be from 0 (none) to 1000 (3 is the paper's)");
            }
        }
    }

    StudentUpdates(DinoNetwork student, Options options, FineTuning tuning) {
        clip = options.clipGrad;
        parameters = new LinkedHashMap<>(tuning.begin(student.encoder()));
        parameters.keySet().removeIf(name -> student.last().isFixed(name));
        List<Double> factors = tuning.factors(student.encoder(), parameters.keySet());
        List<Tensor> all = parameters();
        Optimizer.Decayed decayed = Optimizer.Decayed.MATRICES;
        optimizer = switch (options.optimizer) {
            case ADAMW -> new AdamW(all, factors, decayed, 0);
            case SGD -> new Sgd(all, factors, new Sgd.Options(options.momentum, 0), decayed);
            case LARS -> new Lars(all, factors, new Lars.Options(options.momentum, 0, 0.001, 1, Lars.Rate.AT_THE_STEP));
        };
    }

    List<Tensor> parameters() {
        return List.copyOf(parameters.values());
    }

    /**
     * Shortens gradients and moves the parameters that have one.
     *
     * @return the norm of all gradients together as they were
     */
    Tensor step(double lr, double weightDecay) {
        List<Tensor> given = parameters.values().stream()
                .map(Tensor::grad)
                .filter(Tensor::defined)
                .toList();
        Tensor norms = TensorLists.norms(given);
        if (clip > 0) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor factors = norms.add(new Scalar(EPSILON)).reciprocal().mul(new Scalar(clip));
                TensorLists.scale(given, factors.clamp_max(new Scalar(1)));
            }
        }
        optimizer.step(lr, weightDecay);
        return norms.norm();
    }

    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        optimizer.state(parameters.keySet()).forEach((name, tensor) -> state.put("optimizer." + name, tensor));
        return state;
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
