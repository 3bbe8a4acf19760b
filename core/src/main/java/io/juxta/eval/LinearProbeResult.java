package io.juxta.eval;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a linear probe found.
 *
 * @param mode what it was trained on; {@link LinearProbeOptions.Mode#protocol} tells whether that is the original's way
 * @param epochs all of them, in order
 * @param classifier {@code fc.weight} (C, D) and {@code fc.bias} (C) after the last epoch
 */
public record LinearProbeResult(LinearProbeOptions.Mode mode, List<Epoch> epochs, Map<String, Tensor> classifier) {
    /**
     * One epoch.
     *
     * @param epoch from 0
     * @param lr learning rate
     * @param loss mean cross-entropy over the training images
     * @param train accuracy on them, each judged before the step that learnt from it
     * @param validation accuracy on the validation images after the epoch
     */
    public record Epoch(int epoch, double lr, double loss, Accuracy train, Accuracy validation) {}

    public LinearProbeResult {
        if (epochs.isEmpty()) {
            throw new IllegalArgumentException("a result needs at least one epoch");
        }
        epochs = List.copyOf(epochs);
    }

    /** The epoch of the highest top-1 on the validation images, the earliest of equals. */
    public Epoch best() {
        return epochs.stream()
                .max(Comparator.comparingDouble((Epoch e) -> e.validation().top1())
                        .thenComparingInt(e -> -e.epoch()))
                .orElseThrow();
    }

    public Epoch last() {
        return epochs.get(epochs.size() - 1);
    }

    /** One line: the best and the last accuracy, and the protocol. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "linear probe: best %s (epoch %d), last %s (epoch %d); %s",
                best().validation(),
                best().epoch() + 1,
                last().validation(),
                last().epoch() + 1,
                mode.protocol());
    }
}
