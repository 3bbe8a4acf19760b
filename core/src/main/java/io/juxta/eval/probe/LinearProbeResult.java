package io.juxta.eval.probe;

import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * What a linear probe found.
 *
 * @param options it was trained by; {@link LinearProbeOptions#said} tells whose protocol that is
 * @param epochs all of them, in order
 * @param classifier {@code fc.weight} (C, D) and {@code fc.bias} (C) after the last epoch; with batch norm its five
 *     tensors as well, {@code bn.weight} (D) and so on
 */
@API(status = API.Status.INTERNAL)
public record LinearProbeResult(
        LinearProbeOptions options, List<JudgedEpoch> epochs, Map<String, Tensor> classifier, Calibration calibration) {
    public LinearProbeResult {
        if (epochs.isEmpty()) {
            throw new IllegalArgumentException("a result needs at least one epoch");
        }
        epochs = List.copyOf(epochs);
    }

    /** The epoch of the highest top-1 on the validation images, the earliest of equals. */
    public JudgedEpoch best() {
        return JudgedEpoch.best(epochs);
    }

    public JudgedEpoch last() {
        return JudgedEpoch.last(epochs);
    }

    /** One line: the best and the last accuracy, and the protocol. */
    @Override
    public String toString() {
        return "linear probe: " + JudgedEpoch.say(epochs) + ", " + calibration + "; " + options.said();
    }
}
