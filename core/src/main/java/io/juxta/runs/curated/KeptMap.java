package io.juxta.runs.curated;

import io.juxta.eval.neighbours.Neighbours;
import io.juxta.explore.MapKeeping;
import io.juxta.maps.NeighbourMap;
import io.juxta.maps.Pca;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;

/** The map of neighbours, made once of the same embeddings and the same seed and then found in a file. */
@API(status = API.Status.INTERNAL)
public final class KeptMap implements MapKeeping {
    /** Another one where the same embeddings would be laid out differently. */
    private static final String VERSION = "1";

    private final Optional<Path> file;
    private final long seed;
    private final int threads;

    /**
     * @param file ends in .safetensors; without one nothing is kept
     * @param seed of the map
     */
    public KeptMap(Optional<Path> file, long seed, int threads) {
        this.file = file;
        this.seed = seed;
        this.threads = threads;
    }

    @Override
    public double[] points(Embeddings embeddings, Told told) throws IOException {
        Map<String, String> about =
                Map.of("map", "neighbours " + VERSION, "seed", Long.toString(seed), "embeddings", digest(embeddings));
        if (file.isPresent() && Files.isRegularFile(file.get())) {
            try (Embeddings kept = EmbeddingFile.read(file.get())) {
                if (kept.about().entrySet().containsAll(about.entrySet())
                        && kept.dimension() == 2
                        && kept.names().equals(embeddings.names())) {
                    return points(kept);
                }
            } catch (IOException e) {
                // damaged: made again
            }
        }
        double[] points = make(embeddings, told);
        if (file.isPresent()) {
            float[][] rows = new float[embeddings.size()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = new float[] {(float) points[2 * i], (float) points[2 * i + 1]};
            }
            try (Embeddings kept = Embeddings.of(embeddings.names(), rows, about)) {
                EmbeddingFile.SAFETENSORS.write(file.get(), kept);
            }
        }
        return points;
    }

    private double[] make(Embeddings embeddings, Told told) throws IOException {
        int n = embeddings.size();
        long[] done = {0};
        told.at("finding neighbours", 0, n);
        Neighbours neighbours = Neighbours.of(embeddings.values(), NeighbourMap.NEIGHBOURS, more -> {
            done[0] += more;
            told.at("finding neighbours", done[0], n);
        });
        int epochs = NeighbourMap.epochs(n);
        long[] epoch = {0};
        told.at("laying out", 0, epochs);
        return NeighbourMap.layout(neighbours, Pca.layout(embeddings.values(), new double[0]), seed, threads, more -> {
            epoch[0] += more;
            told.at("laying out", epoch[0], epochs);
        });
    }

    private static double[] points(Embeddings kept) {
        float[] values = new float[2 * kept.size()];
        kept.values().data_ptr_float().get(values);
        double[] points = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            points[i] = values[i];
        }
        return points;
    }

    private static String digest(Embeddings embeddings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < embeddings.size(); i++) {
                float[] row = embeddings.row(i);
                ByteBuffer bytes = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(row);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
