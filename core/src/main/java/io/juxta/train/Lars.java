package io.juxta.train;

import io.juxta.torch.TensorLists;
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

/**
 * LARS (You, Gitman and Ginsburg 2017, section 4) as BYOL, Barlow Twins, VICReg and MoCo v3 have it: of matrices and
 * kernels
 *
 * <pre>g ← g + decay p,  g ← g · trust |p| / |g|</pre>
 *
 * <p>where the factor is 1 if either norm is 0; vectors, which biases and the weights of batch norms are, have neither decay nor
 * factor. Then v ← momentum v + g and p ← p - lr v. It differs from {@link Larc}'s rule for the same tensors in that the
 * norm is the decayed gradient's, and nothing is added to it.
 */
@API(status = API.Status.INTERNAL)
public final class Lars implements Optimizer {
    private final Options options;
    private final Rates rates;
    private final List<Tensor> parameters;
    private final List<Tensor> velocities = new ArrayList<>();
    /** Places of those with two dimensions or more, and of the others. */
    private final List<Integer> matrices = new ArrayList<>();

    private final List<Integer> vectors = new ArrayList<>();

    /** Where the learning rate is multiplied in. */
    public enum Rate {
        /** p ← p - lr v: a changed rate holds for the whole velocity. */
        AT_THE_STEP,
        /** v ← momentum v + lr g: SimCLR's; a changed rate holds for what is added from then on. */
        IN_THE_VELOCITY
    }

    /**
     * How it steps.
     *
     * @param momentum of the velocity
     * @param weightDecay of matrices and kernels
     * @param trust the part of its norm that one of them moves at a rate of 1; 0.001 in all papers
     * @param vectorLr the rate of vectors, as a share of the others': 1, or 0.024 in Barlow Twins
     * @param rate where it is multiplied in
     */
    public record Options(double momentum, double weightDecay, double trust, double vectorLr, Rate rate) {}

    /** All at one rate. */
    public Lars(List<Tensor> parameters, Options options) {
        this(parameters, Collections.nCopies(parameters.size(), 1.0), options);
    }

    /** @param factors of the learning rate, one for each parameter */
    public Lars(List<Tensor> parameters, List<Double> factors, Options options) {
        this.parameters = List.copyOf(parameters);
        this.rates = new Rates(factors, parameters.size());
        this.options = options;
        for (Tensor parameter : parameters) {
            (parameter.dim() > 1 ? matrices : vectors).add(velocities.size());
            velocities.add(torch.zeros_like(parameter));
        }
    }

    @Override
    public void step(double lr) {
        step(lr, options.weightDecay);
    }

    @Override
    public void step(double lr, double weightDecay) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            List<Integer> kernels = moved(matrices);
            if (!kernels.isEmpty()) {
                adapt(kernels, weightDecay);
                rates.groups(kernels).forEach((factor, places) -> move(Rates.pick(kernels, places), lr * factor));
            }
            List<Integer> others = moved(vectors);
            rates.groups(others)
                    .forEach((factor, places) -> move(Rates.pick(others, places), lr * factor * options.vectorLr));
        }
    }

    private List<Integer> moved(List<Integer> places) {
        return places.stream()
                .filter(place -> parameters.get(place).grad().defined())
                .toList();
    }

    private void adapt(List<Integer> kernels, double weightDecay) {
        List<Tensor> p = kernels.stream().map(parameters::get).toList();
        List<Tensor> g = p.stream().map(Tensor::grad).toList();
        Tensor normP = TensorLists.norms(p);
        Tensor ones = torch.ones_like(normP);
        TensorLists.scaleAndAdd(g, ones, p, ones.mul(new Scalar(weightDecay)));
        Tensor normG = TensorLists.norms(g);
        Tensor ruled = normP.ne(new Scalar(0)).logical_and(normG.ne(new Scalar(0)));
        Tensor trust = normP.mul(new Scalar(options.trust)).div(normG);
        TensorLists.scale(g, torch.where(ruled, trust, ones));
    }

    private void move(List<Integer> places, double lr) {
        List<Tensor> p = places.stream().map(parameters::get).toList();
        List<Tensor> g = p.stream().map(Tensor::grad).toList();
        List<Tensor> v = places.stream().map(velocities::get).toList();
        boolean inside = options.rate == Rate.IN_THE_VELOCITY;
        if (inside) {
            TensorLists.scale(g, torch.full_like(TensorLists.norms(g), new Scalar(lr)));
        }
        TensorLists.sgd(p, g, v, inside ? 1 : lr, options.momentum, 0);
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
