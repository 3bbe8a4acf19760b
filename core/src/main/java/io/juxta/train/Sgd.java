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
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stochastic gradient descent with momentum, without dampening, in one fused call over all
 * parameters. Weight decay applies to every parameter, biases and batch norm included, as in MoCo's original.
 */
@API(status = API.Status.INTERNAL)
public final class Sgd implements Optimizer {
    private final List<Tensor> parameters;
    private final List<Tensor> velocities = new ArrayList<>();
    private final Rates rates;
    private final Options options;
    private final Decayed decayed;

    public record Options(
            @Means(value = "of the gradient", source = "He et al. 2020") @Range(least = 0, below = 1) @Default("0.9")
            double momentum,

            @Means(
                    value = "of all parameters, biases and batch norm included: 1e-4 on ImageNet, 5e-4 on CIFAR-10",
                    source = "He et al. 2020")
            @Range(least = 0, below = 1)
            @Default("1e-4")
            double weightDecay,

            @Means(
                    value = "Nesterov's variant of momentum: the step looks ahead by the velocity; not with momentum 0",
                    source = "Sutskever et al. 2013")
            @Default("false")
            boolean nesterov) {
        /** Without Nesterov's variant. */
        public Options(double momentum, double weightDecay) {
            this(momentum, weightDecay, false);
        }

        public Options {
            if (nesterov && momentum == 0) {
                throw new IllegalArgumentException("nesterov true needs momentum above 0: it is " + momentum);
            }
            if (!(momentum >= 0 && momentum < 1)) {
                throw new IllegalArgumentException("momentum " + momentum + " must be at least 0 and below 1");
            }
            if (!(weightDecay >= 0 && weightDecay < 1)) {
                throw new IllegalArgumentException("weight-decay " + weightDecay + " must be at least 0 and below 1");
            }
        }
    }

    /** All parameters decay. */
    public Sgd(List<Tensor> parameters, Options options) {
        this(parameters, Collections.nCopies(parameters.size(), 1.0), options);
    }

    /** @param factors of the learning rate, one for each parameter */
    public Sgd(List<Tensor> parameters, List<Double> factors, Options options) {
        this(parameters, factors, options, Decayed.ALL);
    }

    /** @param factors of the learning rate, one for each parameter */
    public Sgd(List<Tensor> parameters, List<Double> factors, Options options, Decayed decayed) {
        this.decayed = decayed;
        this.parameters = List.copyOf(parameters);
        this.rates = new Rates(factors, parameters.size());
        this.options = options;
        for (Tensor parameter : parameters) {
            velocities.add(torch.zeros_like(parameter));
        }
    }

    /** The norm of all gradients together, before weight decay: a scalar, in the caller's scope. */
    public Tensor gradientNorm() {
        return TensorLists.norm(gradients());
    }

    private List<Tensor> gradients() {
        return parameters.stream().map(Tensor::grad).toList();
    }

    @Override
    public void step(double lr) {
        step(lr, options.weightDecay());
    }

    @Override
    public void step(double lr, double weightDecay) {
        try (PointerScope scope = new PointerScope()) {
            List<Integer> moved = IntStream.range(0, parameters.size())
                    .filter(place -> parameters.get(place).grad().defined())
                    .boxed()
                    .toList();
            if (decayed == Decayed.ALL) {
                step(moved, lr, weightDecay);
                return;
            }
            step(moved.stream().filter(place -> parameters.get(place).dim() > 1).toList(), lr, weightDecay);
            step(
                    moved.stream()
                            .filter(place -> parameters.get(place).dim() <= 1)
                            .toList(),
                    lr,
                    0);
        }
    }

    private void step(List<Integer> moved, double lr, double weightDecay) {
        rates.groups(moved).forEach((factor, group) -> {
            List<Integer> places = group.stream().map(moved::get).toList();
            List<Tensor> some = Rates.pick(parameters, places);
            TensorLists.sgd(
                    some,
                    some.stream().map(Tensor::grad).toList(),
                    Rates.pick(velocities, places),
                    lr * factor,
                    options.momentum(),
                    weightDecay,
                    options.nesterov());
        });
    }

    /** The velocities, under the names of their parameters. */
    @Override
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
