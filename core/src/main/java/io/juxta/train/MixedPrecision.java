package io.juxta.train;

import io.juxta.distributed.GradientAverage;
import io.juxta.torch.Autocast;
import io.juxta.torch.Precision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * How a learner's networks compute: in which type, and, in float16, by which scale of the loss. Networks go through {@link
 * #compute}; everything else of a step stays in float32, outside.
 */
@API(status = API.Status.INTERNAL)
public final class MixedPrecision implements AutoCloseable {
    static final String LOSS_SCALE = "loss_scale";

    private final Precision precision;
    private final Device device;
    private final Optional<GradScaler> scaler;

    /** @param scaler empty for types that do not overflow */
    public MixedPrecision(Precision precision, Device device, Optional<GradScaler> scaler) {
        this.precision = precision;
        this.device = device;
        this.scaler = scaler;
    }

    /**
     * What a precision needs on a device.
     *
     * @throws IllegalArgumentException when the device cannot compute so
     */
    public static MixedPrecision of(Precision precision, Device device) {
        precision.use(device);
        return new MixedPrecision(
                precision,
                device,
                precision == Precision.FLOAT16 ? Optional.of(GradScaler.on(device)) : Optional.empty());
    }

    /** float32 on a CPU, or whatever the networks are in. */
    public static MixedPrecision none() {
        return new MixedPrecision(Precision.FLOAT32, new Device("cpu"), Optional.empty());
    }

    /** Whether networks compute in a shorter type than their weights have. */
    public boolean isMixed() {
        return precision.isMixed();
    }

    /** A network's output, computed in this precision, in float32. */
    public Tensor compute(Supplier<Tensor> network) {
        return Autocast.compute(precision, device, network);
    }

    /** Several outputs of networks, computed in this precision, in float32. */
    public List<Tensor> computeAll(Supplier<List<Tensor>> networks) {
        return Autocast.computeAll(precision, device, networks);
    }

    /**
     * Computes a loss's gradients, averaged over the processes and free of any scale.
     *
     * @param parameters all that may get a gradient; those were cleared before
     * @return whether the optimiser may step; false where gradients overflowed, which changes nothing but the scale
     */
    public boolean backward(GradientAverage gradients, Tensor loss, List<Tensor> parameters) {
        if (scaler.isEmpty()) {
            gradients.backward(loss);
            return true;
        }
        gradients.backward(scaler.get().scale(loss));
        return scaler.get()
                .unscale(parameters.stream()
                        .map(Tensor::grad)
                        .filter(Tensor::defined)
                        .toList());
    }

    /** How many steps of the run were left out so far, which an optimiser that counts its steps has not seen; 0 but in float16. */
    public long leftOut() {
        return scaler.map(GradScaler::leftOut).orElse(0L);
    }

    /** In float16 {@code loss_scale}, of the next step, and {@code skipped}, 1 for a step that was left out. */
    public void tell(boolean stepped, Map<String, Double> metrics) {
        scaler.ifPresent(scaling -> {
            metrics.put(LOSS_SCALE, scaling.scale());
            metrics.put("skipped", stepped ? 0.0 : 1.0);
        });
    }

    /** In float16 {@code skips_in_a_row}, the most of the epoch. */
    public Map<String, Double> end() {
        return scaler.<Map<String, Double>>map(scaling -> Map.of("skips_in_a_row", (double) scaling.longestRow()))
                .orElse(Map.of());
    }

    /** What the next step depends on; empty but in float16. */
    public Map<String, Tensor> state() {
        return scaler.map(scaling -> scaling.state("")).orElse(Map.of());
    }

    /** The same of one of several in a learner, each of which has a name. */
    public Map<String, Tensor> state(String name) {
        return scaler.map(scaling -> scaling.state(name + ".")).orElse(Map.of());
    }

    @Override
    public void close() {
        scaler.ifPresent(GradScaler::close);
    }
}
