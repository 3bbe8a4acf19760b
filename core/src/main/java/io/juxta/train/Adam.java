package io.juxta.train;

import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Adam (Kingma and Ba 2015, algorithm 1) without weight decay, in one fused call over all parameters of a network. */
@API(status = API.Status.INTERNAL)
public final class Adam implements AutoCloseable {
    private static final double EPSILON = 1e-8;

    private final Map<String, Tensor> parameters;
    private final List<Tensor> first = new ArrayList<>();
    private final List<Tensor> second = new ArrayList<>();
    private final Options options;

    public record Options(
            @Means(
                    value = "share that the mean of gradients keeps in a step: 0.5 in CUT, 0 in SinCUT",
                    source = "Park et al. 2020")
            @Range(least = 0, below = 1)
            @Default("0.5")
            double beta1,

            @Means(
                    value = "share that the mean of their squares keeps: 0.999 in CUT, 0.99 in SinCUT",
                    source = "Park et al. 2020")
            @Range(least = 0, below = 1)
            @Default("0.999")
            double beta2) {
        public Options {
            check("beta1", beta1, "0.5");
            check("beta2", beta2, "0.999");
        }

        private static void check(String name, double beta, String usual) {
            if (!(beta >= 0 && beta < 1)) {
                throw new IllegalArgumentException(
                        name + " " + beta + " must be at least 0 and below 1 (" + usual + " is CUT's)");
            }
        }
    }

    /** @param network all parameters of which get a gradient in every step */
    public Adam(Module network, Options options) {
        this.options = options;
        parameters = StateDict.parameters(network);
        for (Tensor parameter : parameters.values()) {
            first.add(torch.zeros_like(parameter));
            second.add(torch.zeros_like(parameter));
        }
    }

    /** The norm of all gradients together: a scalar, in the caller's scope. */
    public Tensor gradientNorm() {
        return TensorLists.norm(gradients());
    }

    private List<Tensor> gradients() {
        return parameters.values().stream().map(Tensor::grad).toList();
    }

    /**
     * Moves the parameters against their gradients.
     *
     * @param t how often it has been called so far, this time included
     */
    public void step(double lr, long t) {
        List<Tensor> theta = List.copyOf(parameters.values());
        TensorLists.adam(theta, gradients(), first, second, t, lr, options.beta1(), options.beta2(), EPSILON);
    }

    /** Both moments of every parameter, under its name behind {@code m.} and {@code v.}. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        int i = 0;
        for (String name : parameters.keySet()) {
            state.put("m." + name, first.get(i));
            state.put("v." + name, second.get(i));
            i++;
        }
        return state;
    }

    @Override
    public void close() {
        first.forEach(Tensor::close);
        second.forEach(Tensor::close);
    }
}
