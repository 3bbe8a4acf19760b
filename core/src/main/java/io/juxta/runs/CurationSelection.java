package io.juxta.runs;

import io.juxta.curation.Curation;
import io.juxta.curation.Groups;
import io.juxta.curation.Part;
import io.juxta.curation.Selection;
import io.juxta.runs.curated.LabelledFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Chooses which pictures to label next: among those that can be read, are not there to judge by, and are not labelled; of
 * those that are there more than once the one to keep, unless one of them is labelled.
 */
final class CurationSelection {
    private final Curation found;
    private final Embeddings embeddings;
    private final int[] places;
    private final long[] candidates;
    private final long[] labelled;

    CurationSelection(Curation found, Embeddings embeddings, Optional<LabelledFile> given) {
        this.found = found;
        this.embeddings = embeddings;
        places = CurationByEmbedding.places(found, embeddings);
        Set<Integer> known = given.map(of -> of.labels().keySet()).orElse(Set.of());
        Set<Integer> out = new HashSet<>(known);
        for (Groups.Group group : found.groups().groups()) {
            boolean labelled = group.images().stream().anyMatch(known::contains);
            out.addAll(
                    labelled
                            ? group.images()
                            : group.images().subList(1, group.images().size()));
        }
        candidates = rows(place -> !out.contains(place) && found.parts().get(place) != Part.HELD_OUT);
        labelled = rows(known::contains);
    }

    private long[] rows(IntPredicate of) {
        return IntStream.range(0, places.length)
                .filter(row -> of.test(places[row]))
                .asLongStream()
                .toArray();
    }

    /** How many there are to choose from. */
    int candidates() {
        return candidates.length;
    }

    Curation chosen(Selection.By by, int n, long seed, IntConsumer progress) throws IOException {
        int[] of = IntStream.range(0, candidates.length)
                .map(i -> places[(int) candidates[i]])
                .toArray();
        try (PointerScope scope = new PointerScope()) {
            Tensor values = embeddings.values();
            Tensor from = values.index_select(0, Tensor.create(candidates));
            Tensor top =
                    labelled.length == 0 ? values.narrow(0, 0, 0) : values.index_select(0, Tensor.create(labelled));
            Selection selection =
                    switch (by) {
                        case COVERAGE -> Selection.coverage(from, top, n, seed, progress);
                        case DIVERSITY -> Selection.diversity(from, top, n, progress);
                        case UNCERTAINTY ->
                            Selection.uncertainty(
                                    from, top, labels(), found.classes().size(), n);
                    };
            return new Curation(
                    found.quality(),
                    found.parts(),
                    found.classes(),
                    found.labels(),
                    found.groups(),
                    found.leaks(),
                    found.outliers(),
                    found.doubts(),
                    Optional.of(selection.at(of)));
        }
    }

    private Tensor labels() {
        List<Integer> own = IntStream.range(0, labelled.length)
                .mapToObj(i -> found.labels().get(places[(int) labelled[i]]))
                .toList();
        if (own.stream().filter(label -> label >= 0).distinct().count() < 2) {
            throw new IllegalArgumentException(
                    "--by uncertainty needs labels of at least two classes: give --labelled FILE, a"
                            + " CSV with columns image and label");
        }
        if (own.contains(-1)) {
            throw new IllegalArgumentException(
                    "--by uncertainty needs a label for each picture that --labelled names: some have none");
        }
        return Tensor.create(own.stream().mapToLong(i -> i).toArray());
    }
}
