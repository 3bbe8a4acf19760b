package io.juxta.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * How much of what is nearest a search by the graph found when it was measured.
 *
 * @param share of the nearest, from 0 to 1
 * @param k how many were asked for
 * @param queries how many of the index's own pictures were looked for
 * @param looked vectors that were looked at for each asked for
 */
@API(status = API.Status.EXPERIMENTAL)
public record Recall(double share, int k, int queries, int looked) {
    private static final int QUERIES = 100;
    private static final int K = 10;
    private static final String SAID = "recall";

    /**
     * Looks for a hundred of the index's own pictures, exactly and by the graph; that each finds itself does not count.
     *
     * @throws IOException when the index cannot be read
     */
    public static Recall measure(SearchedIndex index) throws IOException {
        List<String> sample = sample(index);
        long found = 0;
        long there = 0;
        for (String name : sample) {
            float[] vector = index.vector(name).orElse(new float[0]);
            if (vector.length == 0) {
                continue; // removed meanwhile
            }
            Set<String> exact = names(index.nearestExactly(vector, K + 1, Among.all()), name);
            there += exact.size();
            exact.retainAll(names(index.nearestByGraph(vector, K + 1, Among.all()), name));
            found += exact.size();
        }
        double share = there == 0 ? 1 : (double) found / there;
        return new Recall(share, K, sample.size(), index.options().looked());
    }

    /** The first ten without the one that was looked for. */
    private static Set<String> names(List<Found> found, String itself) {
        Set<String> names = new HashSet<>();
        for (Found each : found) {
            if (!each.name().equals(itself) && names.size() < K) {
                names.add(each.name());
            }
        }
        return names;
    }

    /** Each picture with the same chance, always the same of the same. */
    private static List<String> sample(SearchedIndex index) throws IOException {
        List<String> kept = new ArrayList<>();
        Random random = new Random(1);
        int[] seen = {0};
        index.names(name -> {
            int place = seen[0] < QUERIES ? seen[0] : random.nextInt(seen[0] + 1);
            if (seen[0] < QUERIES) {
                kept.add(name);
            } else if (place < QUERIES) {
                kept.set(place, name);
            }
            seen[0]++;
        });
        return kept;
    }

    void into(Map<String, String> about) {
        about.put(SAID, String.format(Locale.ROOT, "%.4f %d %d %d", share, k, queries, looked));
    }

    static Optional<Recall> of(Map<String, String> about) {
        String[] said = about.getOrDefault(SAID, "").split(" ", -1);
        try {
            return said.length != 4
                    ? Optional.empty()
                    : Optional.of(new Recall(
                            Double.parseDouble(said[0]),
                            Integer.parseInt(said[1]),
                            Integer.parseInt(said[2]),
                            Integer.parseInt(said[3])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "of the %d nearest it finds %.1f %%, measured on %d of its own pictures, looking at %d for each asked for",
                k,
                100 * share,
                queries,
                looked);
    }
}
