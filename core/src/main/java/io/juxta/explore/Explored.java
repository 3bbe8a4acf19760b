package io.juxta.explore;

import io.juxta.data.Dataset;
import java.util.List;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * What is known of the pictures that are looked at. Pictures are places in the data set throughout.
 *
 * @param title what the collection is called
 * @param about one sentence of it
 * @param images as people see them: upright
 * @param classes names of the labels that the folders or a file say; may be empty
 * @param labels of each picture, a place in the classes, or -1
 * @param flags what was found of some pictures, such as that they are dark; at most {@link #MOST_FLAGS}
 * @param scores what was measured of each
 */
@API(status = API.Status.EXPERIMENTAL)
public record Explored(
        String title,
        String about,
        Dataset images,
        List<String> classes,
        List<Integer> labels,
        List<Flag> flags,
        List<Score> scores) {
    /** As many as there are bits in the number that the page gets of each picture. */
    public static final int MOST_FLAGS = 31;

    public Explored {
        classes = List.copyOf(classes);
        labels = List.copyOf(labels);
        flags = List.copyOf(flags);
        scores = List.copyOf(scores);
        if (labels.size() != images.size()) {
            throw new IllegalArgumentException(labels.size() + " labels do not fit " + images.size() + " pictures");
        }
        if (flags.size() > MOST_FLAGS) {
            throw new IllegalArgumentException(flags.size() + " flags are more than " + MOST_FLAGS);
        }
        for (Score score : scores) {
            if (score.values().size() != images.size()) {
                throw new IllegalArgumentException("the score " + score.name() + " has "
                        + score.values().size() + " values, there are " + images.size() + " pictures");
            }
        }
    }

    /** Something that was found of some pictures. */
    public record Flag(String name, Set<Integer> pictures) {
        public Flag {
            pictures = Set.copyOf(pictures);
        }
    }

    /**
     * Something that was measured.
     *
     * @param values one for each picture, NaN where it was not
     */
    public record Score(String name, List<Float> values) {
        public Score {
            values = List.copyOf(values);
        }
    }
}
