package io.juxta.torch;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A region of code in which convolutions and matrix products of float32 are computed in a shorter type, as {@code
 * torch.autocast} in Python. It belongs around networks, never around losses, optimisers or moving averages: on a CPU
 * sums, exponentials and norms follow their input, and would be short of digits. It holds for one thread.
 *
 * <p>libtorch keeps the shortened weights for the whole region. Leaving it forgets them, as otherwise the next step would
 * compute with the weights of the step before.
 */
@API(status = API.Status.INTERNAL)
public final class Autocast implements AutoCloseable {
    private final DeviceType device;
    private final boolean active;
    private final boolean enabledBefore;
    private final ScalarType typeBefore;

    private Autocast(Precision precision, DeviceType device) {
        this.device = device;
        active = precision.isMixed();
        enabledBefore = torch.is_autocast_enabled(device);
        typeBefore = torch.get_autocast_dtype(device);
        if (active) {
            torch.increment_nesting();
            torch.set_autocast_dtype(device, precision.type());
            torch.set_autocast_enabled(device, true);
        }
    }

    /** Enters a region, which {@link #close} leaves; without mixed precision nothing changes. */
    public static Autocast open(Precision precision, Device device) {
        return new Autocast(precision, device.is_cpu() ? DeviceType.CPU : DeviceType.CUDA);
    }

    /**
     * Computes a network's output in a region of its own, and keeps nothing of what was made on the way ({@link Scoped}).
     *
     * @return the output in float32, or in float64 where the network is
     */
    public static Tensor compute(Precision precision, Device device, Supplier<Tensor> network) {
        return computeAll(precision, device, () -> List.of(network.get())).get(0);
    }

    /**
     * Computes several outputs in one region, likewise.
     *
     * @return the outputs in float32, or in float64 where they are
     */
    public static List<Tensor> computeAll(Precision precision, Device device, Supplier<List<Tensor>> networks) {
        if (!precision.isMixed()) {
            return Scoped.all(networks);
        }
        return Scoped.all(() -> {
            try (Autocast region = open(precision, device)) {
                return networks.get().stream()
                        .map(output -> output.scalar_type().intern() == precision.type()
                                ? output.to(ScalarType.Float)
                                : output)
                        .toList();
            }
        });
    }

    /**
     * Computes in the types of what it is given, whatever region this is in. For layers that only move values or average them,
     * which libtorch would lengthen on a CPU, and whose output the next layer would shorten again.
     */
    public static Tensor outside(Tensor x, UnaryOperator<Tensor> layer) {
        DeviceType device = x.is_cpu() ? DeviceType.CPU : DeviceType.CUDA;
        if (!torch.is_autocast_enabled(device)) {
            return layer.apply(x);
        }
        torch.set_autocast_enabled(device, false);
        try {
            return layer.apply(x);
        } finally {
            torch.set_autocast_enabled(device, true);
        }
    }

    @Override
    public void close() {
        if (!active) {
            return;
        }
        torch.set_autocast_enabled(device, enabledBefore);
        torch.set_autocast_dtype(device, typeBefore);
        if (torch.decrement_nesting() == 0) {
            torch.clear_cache();
        }
    }
}
