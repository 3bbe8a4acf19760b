package io.juxta.train;

import io.juxta.torch.TensorLists;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Keeps small gradients from vanishing in float16: the loss is multiplied by a scale, and the gradients are divided by it
 * again before anything looks at them. Where one of them overflowed, the step is left out and the scale halved; after
 * a while without overflow it is doubled (Micikevicius et al., 2018, section 3.2; the rule is PyTorch's {@code GradScaler}).
 */
@API(status = API.Status.INTERNAL)
public final class GradScaler implements AutoCloseable {
    /** Of the names of its state. */
    private static final String PREFIX = "grad_scaler.";

    private final Tensor scale;
    private final Tensor goodSteps;
    /** Steps left out in a row up to now, the longest such row of the epoch, and all that were ever left out. */
    private final Tensor skips;

    private final int interval;

    /** Of PyTorch's defaults: 65,536, doubled after 2,000 good steps. */
    public static GradScaler on(Device device) {
        return new GradScaler(device, 65_536, 2_000);
    }

    /**
     * @param initial the first scale
     * @param interval good steps after which it is doubled
     */
    public GradScaler(Device device, double initial, int interval) {
        this.interval = interval;
        try (NoGradGuard guard = new NoGradGuard()) {
            scale = torch.full(new long[] {1}, new Scalar(initial)).to(device, ScalarType.Float);
            goodSteps = torch.zeros(1).to(device, ScalarType.Int);
            skips = torch.zeros(3).to(ScalarType.Long);
        }
    }

    /** The loss to compute gradients of, in the caller's scope. */
    Tensor scale(Tensor loss) {
        return loss.mul(scale.select(0, 0).to(loss.scalar_type()));
    }

    /**
     * Divides gradients by the scale, in place, and takes the next scale.
     *
     * @param gradients of the scaled loss, averaged over the processes
     * @return whether all are finite; otherwise the step must be left out
     */
    boolean unscale(List<Tensor> gradients) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor found = torch.zeros_like(scale);
            TensorLists.unscale(
                    gradients, found, scale.to(ScalarType.Double).reciprocal().to(ScalarType.Float));
            boolean finite = found.item_float() == 0;
            TensorLists.updateScale(scale, goodSteps, found, interval);
            Tensor row = skips.select(0, 0);
            if (finite) {
                row.zero_();
            } else {
                row.add_(new Scalar(1L));
                Tensor longest = skips.select(0, 1);
                longest.copy_(torch.max(longest, row));
                skips.select(0, 2).add_(new Scalar(1L));
            }
            return finite;
        }
    }

    /** The scale of the next step. */
    public double scale() {
        return scale.item_float();
    }

    /** How many steps were left out so far. */
    long leftOut() {
        return skips.select(0, 2).item_long();
    }

    /** The longest row of steps left out since the last call. */
    long longestRow() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long longest = skips.select(0, 1).item_long();
            skips.select(0, 1).zero_();
            return longest;
        }
    }

    /** Whether a name is one of this state's, which a run has or lacks with its precision. */
    public static boolean owns(String name) {
        return name.startsWith(PREFIX);
    }

    /** @param name of this one among several, with a dot behind it; empty where there is one */
    Map<String, Tensor> state(String name) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put(PREFIX + name + "scale", scale);
        state.put(PREFIX + name + "good_steps", goodSteps);
        state.put(PREFIX + name + "skips", skips);
        return state;
    }

    @Override
    public void close() {
        scale.close();
        goodSteps.close();
        skips.close();
    }
}
