package io.juxta.train;

import io.juxta.torch.TensorLists;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Stochastic gradient descent with momentum and layer-wise adaptive rates (You, Gitman and Ginsburg 2017, "Large batch
 * training of convolutional networks", section 4), as SwAV's program uses it: each tensor's gradient g, with its share
 * of decay, is scaled to a fixed part of the tensor's own norm,
 *
 * <pre>g ← (g + decay p) · trust |p| / (|g| + decay |p| + 1e-8)</pre>
 *
 * <p>LARC does so for every parameter alike, biases and batch norm included; LARS leaves vectors, which those are, to
 * plain gradient descent without decay, as programs for large batches do since (Chen et al., 2020, "A simple framework",
 * section 2.2). <b>The zero-norm rule</b>: where |p| or |g| is 0 the
 * gradient is taken as it is, with neither decay nor trust. A bias that starts at zero therefore makes one step of lr
 * times its raw gradient, some thousand times what the next ones are, and keeps it in its velocity.
 *
 * <p>A parameter without gradient is left alone, its velocity too.
 */
@API(status = API.Status.INTERNAL)
public final class Larc implements AutoCloseable {
    private static final double EPSILON = 1e-8;

    private final List<Tensor> parameters;
    private final List<Tensor> velocities = new ArrayList<>();
    private final Rates rates;
    private final Options options;

    /** Which parameters the rule is for. */
    public enum Rule {
        /** All: SwAV's. */
        LARC,
        /** All but vectors: biases, and the weights of batch norm. */
        LARS
    }

    public record Options(
            @Means(
                    value =
                            "larc, SwAV's; lars leaves biases and batch norm to plain SGD, for batches in the thousands "
                                    + "where LARC's first steps of biases do harm",
                    source = "You et al. 2017")
            @Default("larc")
            Rule optimizer,

            @Means(value = "of the gradient", source = "Caron et al. 2020") @Range(least = 0, below = 1) @Default("0.9")
            double momentum,

            @Means(value = "of all parameters that the rule is for", source = "Caron et al. 2020")
            @Range(least = 0, below = 1)
            @Default("1e-6")
            double weightDecay,

            @Means(
                    value = "the part of its norm that a tensor moves at a learning rate of 1",
                    source = "Caron et al. 2020")
            @Range(most = 1, above = 0)
            @Default("0.001")
            double trustCoefficient) {
        public Options {
            new Sgd.Options(momentum, weightDecay);
            if (!(trustCoefficient > 0 && trustCoefficient <= 1)) {
                throw new IllegalArgumentException(
                        "trust-coefficient " + trustCoefficient + " must be above 0 and at most 1 (0.001 is SwAV's)");
            }
        }
    }

    /** @param parameters that steps move, where they have a gradient */
    public Larc(List<Tensor> parameters, Options options) {
        this(parameters, Collections.nCopies(parameters.size(), 1.0), options);
    }

    /**
     * @param parameters that steps move, where they have a gradient
     * @param factors of the learning rate, one for each of them
     */
    public Larc(List<Tensor> parameters, List<Double> factors, Options options) {
        this.parameters = List.copyOf(parameters);
        this.rates = new Rates(factors, parameters.size());
        this.options = options;
        for (Tensor parameter : parameters) {
            velocities.add(torch.zeros_like(parameter));
        }
    }

    /** The norm of all gradients together, before decay and trust: a scalar, in the caller's scope. */
    public Tensor gradientNorm() {
        return TensorLists.norm(
                parameters.stream().map(Tensor::grad).filter(Tensor::defined).toList());
    }

    /** Moves the parameters against their gradients, which it scales. */
    public void step(double lr) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            List<Tensor> p = new ArrayList<>();
            List<Tensor> g = new ArrayList<>();
            List<Tensor> v = new ArrayList<>();
            List<Integer> moved = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                Tensor gradient = parameters.get(i).grad();
                if (gradient.defined()) {
                    p.add(parameters.get(i));
                    g.add(gradient);
                    v.add(velocities.get(i));
                    moved.add(i);
                }
            }
            Scalar decay = new Scalar(options.weightDecay());
            Tensor normP = TensorLists.norms(p);
            Tensor normG = TensorLists.norms(g);
            Tensor trust = normP.mul(new Scalar(options.trustCoefficient()))
                    .div(normG.add(normP.mul(decay)).add(new Scalar(EPSILON)));
            Tensor ruled = normP.ne(new Scalar(0)).logical_and(normG.ne(new Scalar(0)));
            if (options.optimizer() == Rule.LARS) {
                ruled = ruled.logical_and(matrices(p).to(ruled.device(), ScalarType.Bool));
            }
            Tensor factors = torch.where(ruled, trust, torch.ones_like(trust));
            Tensor decays = torch.where(ruled, trust.mul(decay), torch.zeros_like(trust));
            TensorLists.scaleAndAdd(g, factors, p, decays);
            rates.groups(moved)
                    .forEach((factor, places) -> TensorLists.sgd(
                            Rates.pick(p, places),
                            Rates.pick(g, places),
                            Rates.pick(v, places),
                            lr * factor,
                            options.momentum(),
                            0));
        }
    }

    /** Which of the tensors are no vectors: 1 for those, 0 for others. */
    private static Tensor matrices(List<Tensor> tensors) {
        int[] matrices =
                tensors.stream().mapToInt(tensor -> tensor.dim() > 1 ? 1 : 0).toArray();
        return Tensor.create(matrices);
    }

    /** The velocities, under the names of their parameters. */
    public Map<String, Tensor> state(Collection<String> names) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        Iterator<Tensor> next = velocities.iterator();
        names.forEach(name -> state.put(name, next.next()));
        return state;
    }

    @Override
    public void close() {
        velocities.forEach(Tensor::close);
    }
}
