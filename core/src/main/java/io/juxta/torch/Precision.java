package io.juxta.torch;

import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What networks compute in. Weights, losses, optimisers and moving averages stay in float32 whatever it is (Micikevicius
 * et al., 2018, "Mixed precision training", section 3.1).
 */
@API(status = API.Status.EXPERIMENTAL)
public enum Precision {
    /** 32 bits throughout: the originals' numbers, and the default. */
    FLOAT32(ScalarType.Float),
    /** float32 whose products are rounded to 10 bits of mantissa in the tensor cores of a GPU; nothing on a CPU. */
    TF32(ScalarType.Float),
    /** 8 bits of mantissa, float32's range: no scaling of gradients. For CPUs that have it and for GPUs since 2020. */
    BFLOAT16(ScalarType.BFloat16),
    /** 11 bits of mantissa, values up to 65,504: gradients are scaled. What SwAV's authors used; for GPUs. */
    FLOAT16(ScalarType.Half);

    private final ScalarType type;

    Precision(ScalarType type) {
        this.type = type;
    }

    /** What convolutions and matrix products are computed in. */
    public ScalarType type() {
        return type;
    }

    /** Bytes of a value that a network computes. */
    public int bytes() {
        return isMixed() ? 2 : 4;
    }

    /** Whether that is a shorter type than the weights'. */
    public boolean isMixed() {
        return type != ScalarType.Float;
    }

    /**
     * Takes up this precision, as far as it is a setting of the whole process.
     *
     * @throws IllegalArgumentException when a device cannot compute so, in one line with the reason
     */
    public void use(Device device) {
        if (device.is_cpu() && this == TF32) {
            throw new IllegalArgumentException(
                    "precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16");
        }
        if (device.is_cpu() && this == FLOAT16) {
            throw new IllegalArgumentException(
                    "precision float16 needs a GPU, and the device is cpu, which computes it more"
                            + " slowly than float32: take bfloat16 or float32");
        }
        if (device.is_cuda()) {
            requireAProduct(() -> product(device));
        }
        torch.globalContext().setAllowTF32CuDNN(this == TF32);
        torch.globalContext().setAllowTF32CuBLAS(this == TF32);
    }

    /** @throws IllegalArgumentException when a product in this type fails, in one line */
    void requireAProduct(Runnable product) {
        try {
            product.run();
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IllegalArgumentException(
                    "precision " + this + " is not to be had on this GPU (" + reason + "): take float32", e);
        }
    }

    private void product(Device device) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor x = torch.ones(16, 16).to(device, type);
            x.mm(x).sum().item_float();
        }
    }

    /**
     * A precision by its name.
     *
     * @throws IllegalArgumentException when there is none of that name, in one line
     */
    public static Precision of(String name) {
        for (Precision each : values()) {
            if (each.toString().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                "precision " + name + " is unknown: take float32, tf32, bfloat16 or float16");
    }

    /**
     * Takes up this precision for a network that learns no more, and holds its weights in it.
     *
     * @param network on the device; what it is given must be of the type of its first parameter
     * @throws IllegalArgumentException when the device cannot compute so
     */
    public void hold(Module network, Device device) {
        use(device);
        if (isMixed()) {
            StateDict.shorten(network, type);
        }
    }

    /** What is said behind a figure, after a comma: nothing of float32. */
    public String said() {
        return this == FLOAT32 ? "" : ", " + this;
    }

    /** As recipes spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
