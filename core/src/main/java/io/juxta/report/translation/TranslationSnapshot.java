package io.juxta.report.translation;

import io.juxta.report.drawing.HeatMap;
import java.util.List;
import org.apiguardian.api.API;

/**
 * What is known besides the pictures of how a {@link TranslationSample} was translated at one time.
 *
 * @param sample the {@link TranslationSample#fingerprint} of the sample
 * @param epoch epochs finished by then; 0 for the untrained generator
 * @param found how each point of each image that is asked about finds its source, image after image
 */
@API(status = API.Status.INTERNAL)
public record TranslationSnapshot(String sample, int epoch, List<HeatMap.Found> found) {
    public TranslationSnapshot {
        found = List.copyOf(found);
        require(epoch >= 0, "epoch " + epoch + " must be at least 0");
    }

    /** @throws IllegalArgumentException when this is not of that sample */
    void checkAgainst(TranslationSample of) {
        require(found.size() == of.patches(), "it has " + found.size() + " patches, the sample " + of.patches());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
