package io.juxta.eval.probe;

import io.juxta.eval.Accuracy;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * One epoch of what is trained to be judged.
 *
 * @param epoch from 0
 * @param lr learning rate; the encoder's where the encoder learns too
 * @param loss mean cross-entropy over the training images
 * @param train accuracy on them, each judged before the step that learnt from it
 * @param validation accuracy on the validation images after the epoch
 */
@API(status = API.Status.INTERNAL)
public record JudgedEpoch(int epoch, double lr, double loss, Accuracy train, Accuracy validation) {
    /** The epoch of the highest top-1 on the validation images, the earliest of equals. */
    static JudgedEpoch best(List<JudgedEpoch> epochs) {
        return epochs.stream()
                .max(Comparator.comparingDouble(
                                (JudgedEpoch e) -> e.validation().top1())
                        .thenComparingInt(e -> -e.epoch()))
                .orElseThrow();
    }

    static JudgedEpoch last(List<JudgedEpoch> epochs) {
        return epochs.get(epochs.size() - 1);
    }

    /** The best and the last accuracy, for people. */
    static String say(List<JudgedEpoch> epochs) {
        JudgedEpoch best = best(epochs);
        JudgedEpoch last = last(epochs);
        return String.format(
                Locale.ROOT,
                "best %s (epoch %d), last %s (epoch %d)",
                best.validation(),
                best.epoch() + 1,
                last.validation(),
                last.epoch() + 1);
    }
}
