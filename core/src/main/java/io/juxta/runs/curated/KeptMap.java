package io.juxta.runs.curated;

import io.juxta.eval.clusters.Clusters;
import io.juxta.eval.neighbours.Neighbours;
import io.juxta.explore.MapKeeping;
import io.juxta.maps.NeighbourMap;
import io.juxta.maps.Pca;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** Clusters and the map of neighbours, made once of the same embeddings and the same seed and then found in a folder. */
@API(status = API.Status.INTERNAL)
public final class KeptMap implements MapKeeping {
    /** Another one where the same embeddings would be laid out differently. */
    private static final String MAP_VERSION = "1";

    private static final String CLUSTERS_VERSION = "1";

    private final Optional<Path> folder;
    private final OptionalInt clusters;
    private final long seed;
    private final int threads;

    /**
     * @param folder where they are kept; without one nothing is
     * @param clusters how many, 0 for none; as many as are usual unless it is said
     * @param seed of both
     */
    public KeptMap(Optional<Path> folder, OptionalInt clusters, long seed, int threads) {
        this.folder = folder;
        this.clusters = clusters;
        this.seed = seed;
        this.threads = threads;
    }

    private KeptNumbers kept(String file, Map<String, String> how) {
        return new KeptNumbers(folder.map(of -> of.resolve(file)), how);
    }

    @Override
    public Optional<Clusters> clusters(Embeddings embeddings, Told told) throws IOException {
        int K = clusters.orElse(Clusters.usual(embeddings.size()));
        if (K == 0) {
            return Optional.empty();
        }
        Map<String, String> how = Map.of(
                "clusters", "k-means " + CLUSTERS_VERSION, "K", Integer.toString(K), "seed", Long.toString(seed));
        // of each its cluster, and whether it is the middle of it
        float[][] rows = kept("clusters.safetensors", how).of(embeddings, 2, () -> {
            Clusters made = made(embeddings, K, told);
            return IntStream.range(0, embeddings.size())
                    .mapToObj(i -> new float[] {made.of().get(i), made.middles().contains(i) ? 1 : 0})
                    .toArray(float[][]::new);
        });
        try {
            return Optional.of(read(rows, K));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.of(made(embeddings, K, told)); // what was kept was tampered with
        }
    }

    private Clusters made(Embeddings embeddings, int K, Told told) throws IOException {
        long[] round = {0};
        told.at("finding clusters", 0, Clusters.ROUNDS);
        return Clusters.of(
                embeddings.values(), K, seed, more -> told.at("finding clusters", round[0] += more, Clusters.ROUNDS));
    }

    private static Clusters read(float[][] rows, int K) {
        int[] of = Arrays.stream(rows).mapToInt(row -> (int) row[0]).toArray();
        Integer[] sizes = new Integer[Math.min(K, 1 + Arrays.stream(of).max().orElse(0))];
        Integer[] middles = new Integer[sizes.length];
        Arrays.fill(sizes, 0);
        Arrays.fill(middles, 0);
        for (int i = 0; i < of.length; i++) {
            sizes[of[i]]++;
            middles[of[i]] = rows[i][1] == 1 ? Integer.valueOf(i) : middles[of[i]];
        }
        return new Clusters(Arrays.stream(of).boxed().toList(), Arrays.asList(sizes), Arrays.asList(middles));
    }

    @Override
    public double[] points(Embeddings embeddings, Told told) throws IOException {
        Map<String, String> how = Map.of("map", "neighbours " + MAP_VERSION, "seed", Long.toString(seed));
        float[][] rows = kept("map.safetensors", how).of(embeddings, 2, () -> {
            double[] points = laidOut(embeddings, told);
            return IntStream.range(0, embeddings.size())
                    .mapToObj(i -> new float[] {(float) points[2 * i], (float) points[2 * i + 1]})
                    .toArray(float[][]::new);
        });
        return Arrays.stream(rows)
                .flatMapToDouble(row -> Arrays.stream(new double[] {row[0], row[1]}))
                .toArray();
    }

    private double[] laidOut(Embeddings embeddings, Told told) throws IOException {
        int n = embeddings.size();
        long[] done = {0};
        told.at("finding neighbours", 0, n);
        Neighbours neighbours = Neighbours.of(
                embeddings.values(),
                NeighbourMap.NEIGHBOURS,
                more -> told.at("finding neighbours", done[0] += more, n));
        int epochs = NeighbourMap.epochs(n);
        long[] epoch = {0};
        told.at("laying out", 0, epochs);
        return NeighbourMap.layout(
                neighbours,
                Pca.layout(embeddings.values(), new double[0]),
                seed,
                threads,
                more -> told.at("laying out", epoch[0] += more, epochs));
    }
}
