package io.juxta.report;

import java.util.List;

/**
 * What is known besides the pictures of how a {@link TranslationSample} was translated at one time.
 *
 * @param sample the {@link TranslationSample#fingerprint} of the sample
 * @param epoch epochs finished by then; 0 for the untrained generator
 * @param found how each point of each image that is asked about finds its source, image after image
 */
record TranslationSnapshot(String sample, int epoch, List<Found> found) {
    /**
     * How a patch of a translation finds the patch of the source at its place.
     *
     * @param cosine of the two, from -1 to 1
     * @param rank 1 where no other patch of the source is more like it
     * @param places patches of the source
     */
    record Found(double cosine, int rank, int places) {
        Found {
            require(Math.abs(cosine) <= 1.001, "a cosine must be from -1 to 1");
            require(rank >= 1 && rank <= places, "rank " + rank + " must be from 1 to " + places);
        }
    }

    TranslationSnapshot {
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
