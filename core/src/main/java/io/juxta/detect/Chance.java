package io.juxta.detect;

import io.juxta.image.Draws;
import org.apiguardian.api.API;

/** Which of a picture's candidates a step learns from: all that is left to chance in a detector's step. */
@API(status = API.Status.INTERNAL)
@FunctionalInterface
public interface Chance {
    /** What is drawn. */
    enum Pick {
        ANCHORS_OF_OBJECTS,
        ANCHORS_OF_BACKGROUND,
        PROPOSALS_OF_OBJECTS,
        PROPOSALS_OF_BACKGROUND
    }

    /**
     * A random permutation of 0..n-1.
     *
     * @param image the picture's place in its batch
     */
    int[] permutation(int image, Pick pick, int n);

    /**
     * Draws that follow from the seed, the step and the picture's place in the whole batch.
     *
     * @param iteration steps before this one
     * @param first the place of this process's first picture
     */
    static Chance of(long seed, long iteration, int first) {
        return (image, pick, n) -> Draws.of(seed, Math.toIntExact(iteration), first + image, -1 - pick.ordinal())
                .permutation(n);
    }
}
