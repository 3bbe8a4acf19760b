package io.juxta.runs;

import io.juxta.curation.Curation;
import io.juxta.curation.Defect;
import io.juxta.curation.Groups;
import io.juxta.curation.LabelDoubt;
import io.juxta.curation.Leak;
import io.juxta.curation.Measures;
import io.juxta.curation.Outliers;
import io.juxta.curation.UnseenLabels;
import io.juxta.eval.neighbours.Neighbours;
import io.juxta.search.Alike;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** What embeddings add to what was seen without: near duplicates, leaks, outliers and doubted labels. */
final class CurationByEmbedding {
    private static final double DEVIATIONS = 3;
    private static final Set<Defect> VAGUE = Set.of(Defect.DARK, Defect.BRIGHT, Defect.PLAIN);

    private final Curation seen;
    private final Embeddings embeddings;
    private final double above;
    private final int neighbours;
    private final WorkListener listener;
    private final int[] places;

    CurationByEmbedding(Curation seen, Embeddings embeddings, double above, int neighbours, WorkListener listener) {
        this.seen = seen;
        this.embeddings = embeddings;
        this.above = above;
        this.neighbours = neighbours;
        this.listener = listener;
        places = places(seen, embeddings);
    }

    /** The picture of each row: rows are in the order of the pictures. */
    static int[] places(Curation seen, Embeddings embeddings) {
        int[] places = new int[embeddings.size()];
        int picture = 0;
        for (int row = 0; row < places.length; row++) {
            while (!seen.name(picture).equals(embeddings.names().get(row))) {
                picture++;
            }
            places[row] = picture++;
        }
        return places;
    }

    Curation found() throws IOException {
        List<Measures> pictures = seen.quality().pictures();
        int[] clear = clear();
        List<List<Integer>> alike = List.of();
        List<Leak> leaks = seen.leaks();
        if (clear.length > 0) {
            int[] of = IntStream.of(clear).map(row -> places[row]).toArray();
            try (Embeddings compared = embeddings.rows(clear)) {
                alike = near(pictures, compared, of);
                leaks = Leak.near(seen.leaks(), compared.values(), of, seen.parts(), above);
            }
        }
        Groups groups = Groups.of(pictures, alike);
        Neighbours near = Neighbours.of(
                embeddings.values(),
                neighbours,
                Counting.of(listener, "comparing", "pictures", embeddings.size() > 1 ? embeddings.size() : 0));
        List<LabelDoubt> doubts = List.of();
        if (!seen.classes().isEmpty()) {
            int[] labels = IntStream.of(places).map(seen.labels()::get).toArray();
            doubts =
                    doubts(near, labels).stream().map(doubt -> doubt.at(places)).toList();
        }
        return new Curation(
                seen.quality(),
                seen.parts(),
                seen.classes(),
                seen.labels(),
                groups,
                leaks,
                Optional.of(Outliers.of(near, places, DEVIATIONS)),
                doubts,
                Optional.empty());
    }

    private List<LabelDoubt> doubts(Neighbours near, int[] labels) throws IOException {
        int classes = seen.classes().size();
        List<LabelDoubt> doubts = LabelDoubt.of(near, labels, classes);
        int given = (int) IntStream.of(labels).filter(label -> label >= 0).count();
        IntConsumer told = Counting.of(listener, "judging", "labels", doubts.isEmpty() ? 0 : given);
        return doubts.isEmpty()
                ? doubts
                : UnseenLabels.of(embeddings.values(), labels, classes, told)
                        .map(odds -> LabelDoubt.ordered(doubts, odds))
                        .orElse(doubts);
    }

    /** In what is all but black, white or of one tone there is too little to see to call two of them the same. */
    private int[] clear() {
        List<List<Defect>> defects = seen.quality().defects();
        return IntStream.range(0, places.length)
                .filter(row -> defects.get(places[row]).stream().noneMatch(VAGUE::contains))
                .toArray();
    }

    /** Pictures with the same pixels are looked at once: of thousands of placeholders not every pair is. */
    private List<List<Integer>> near(List<Measures> pictures, Embeddings compared, int[] of) throws IOException {
        int[] firsts = Groups.firsts(pictures);
        int[] rows = IntStream.range(0, of.length)
                .filter(row -> firsts[of[row]] == of[row])
                .toArray();
        List<List<Integer>> near = new ArrayList<>();
        try (Embeddings first = compared.rows(rows);
                ImageIndex index = ImageIndex.of(first)) {
            IntConsumer told =
                    Counting.of(listener, "looking for copies", "pictures", rows.length > 1 ? rows.length : 0);
            for (Alike.Group group : index.alike(above, 1, told).groups()) {
                near.add(group.images().stream().map(i -> of[rows[i]]).toList());
            }
        }
        return near;
    }
}
