package io.juxta.eval.probe;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * What semi-supervised fine-tuning found. The encoder that was given is the fine-tuned one.
 *
 * @param options it was done by
 * @param images with labels
 * @param epochs all of them, in order; their rate is the encoder's
 * @param classifier {@code fc.weight} (C, D) and {@code fc.bias} (C) after the last epoch
 */
@API(status = API.Status.INTERNAL)
public record SemiSupervisedResult(
        SemiSupervisedOptions options,
        int images,
        List<JudgedEpoch> epochs,
        Map<String, Tensor> classifier,
        Calibration calibration) {
    public SemiSupervisedResult {
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

    /** One line: the best and the last accuracy, on how many labels and at what rates. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "semi-supervised: %s, %s; fine-tuned on %,d labels, lr %s, head lr %s",
                JudgedEpoch.say(epochs),
                calibration,
                images,
                options.lr(0),
                options.headLr(0));
    }
}
