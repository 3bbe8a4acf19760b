package io.juxta.curation;

import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What was found in a collection. Pictures are places in {@link Quality#pictures()} throughout.
 *
 * @param parts what each picture is for
 * @param classes names of labels; empty where the pictures have none
 * @param labels of each picture, a place in the classes, or -1
 * @param groups of pictures that are there more than once; only of equal ones where there are no embeddings
 * @param leaks from the pictures to judge by to those to learn from
 * @param outliers empty where there are no embeddings
 * @param doubts labels that the neighbours doubt; none where there are no labels or no embeddings
 * @param selection empty where none was asked for
 */
@API(status = API.Status.EXPERIMENTAL)
public record Curation(
        Quality quality,
        List<Part> parts,
        List<String> classes,
        List<Integer> labels,
        Groups groups,
        List<Leak> leaks,
        Optional<Outliers> outliers,
        List<LabelDoubt> doubts,
        Optional<Selection> selection) {
    public Curation {
        parts = List.copyOf(parts);
        classes = List.copyOf(classes);
        labels = List.copyOf(labels);
        leaks = List.copyOf(leaks);
        doubts = List.copyOf(doubts);
    }

    /** What a picture is called. */
    public String name(int picture) {
        return quality.pictures().get(picture).name();
    }
}
