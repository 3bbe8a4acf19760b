package io.juxta.train;

import io.juxta.torch.TensorLists;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2), with PyTorch's constants: means of 0.9 and 0.999, epsilon 1e-8. A parameter without
 * gradient is left alone: neither moved nor decayed, and the step is not counted as one of its own.
 */
@API(status = API.Status.INTERNAL)
public final class AdamW implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final List<Tensor> parameters;
    private final List<Double> factors;
    private final List<Tensor> first = new ArrayList<>();
    private final List<Tensor> second = new ArrayList<>();
    /** How many steps each has made, (parameters), where the JVM reads them. */
    private final Tensor counts;

    private final Decayed decayed;
    private final double weightDecay;

    /**
     * @param factors of the learning rate, one for each of them
     * @param decayed all in MoCo v3's program, matrices in DINO's
     * @param weightDecay of {@link #step(double)}
     */
    public AdamW(List<Tensor> parameters, List<Double> factors, Decayed decayed, double weightDecay) {
        new Rates(factors, parameters.size());
        this.parameters = List.copyOf(parameters);
        this.factors = List.copyOf(factors);
        this.decayed = decayed;
        this.weightDecay = weightDecay;
        for (Tensor parameter : parameters) {
            first.add(torch.zeros_like(parameter));
            second.add(torch.zeros_like(parameter));
        }
        counts = torch.zeros(parameters.size()).to(ScalarType.Long);
    }

    /** Parameters that one call of the kernel moves. */
    private record Group(double factor, boolean decays, long count) {}

    @Override
    public void step(double lr) {
        step(lr, weightDecay);
    }

    @Override
    public void step(double lr, double decay) {
        Map<Group, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).grad().defined()) {
                boolean decays = decayed == Decayed.ALL || parameters.get(i).dim() > 1;
                long count = counts.data_ptr_long().get(i) + 1;
                counts.data_ptr_long().put(i, count);
                groups.computeIfAbsent(new Group(factors.get(i), decays, count), group -> new ArrayList<>())
                        .add(i);
            }
        }
        groups.forEach((group, places) -> TensorLists.adamW(
                Rates.pick(parameters, places),
                places.stream().map(place -> parameters.get(place).grad()).toList(),
                Rates.pick(first, places),
                Rates.pick(second, places),
                group.count,
                lr * group.factor,
                BETA1,
                BETA2,
                group.decays ? decay : 0,
                EPSILON));
    }

    /** Both moments under the names of their parameters behind {@code m.} and {@code v.}, and {@code steps}. */
    @Override
    public Map<String, Tensor> state(Collection<String> names) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        Iterator<Tensor> m = first.iterator();
        Iterator<Tensor> v = second.iterator();
        names.forEach(name -> {
            state.put("m." + name, m.next());
            state.put("v." + name, v.next());
        });
        state.put("steps", counts);
        return state;
    }

    @Override
    public void close() {
        first.forEach(Tensor::close);
        second.forEach(Tensor::close);
        counts.close();
    }
}
