package io.juxta.runs.curated;

import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Some numbers for each of many embeddings, made once and then found in a file for as long as the embeddings, and how it is
 * made, are the same.
 *
 * @param file ends in .safetensors; without one nothing is kept
 * @param how it is made: free text by name
 */
record KeptNumbers(Optional<Path> file, Map<String, String> how) {
    /** Makes them. */
    interface Making {
        float[][] rows() throws IOException;
    }

    /** @param width numbers of each */
    float[][] of(Embeddings embeddings, int width, Making making) throws IOException {
        if (file.isEmpty()) {
            return making.rows();
        }
        Map<String, String> about = new HashMap<>(how);
        about.put("embeddings", digest(embeddings));
        if (Files.isRegularFile(file.get())) {
            try (Embeddings kept = EmbeddingFile.read(file.get())) {
                if (kept.about().entrySet().containsAll(about.entrySet())
                        && kept.dimension() == width
                        && kept.names().equals(embeddings.names())) {
                    return rows(kept);
                }
            } catch (IOException e) {
                // damaged: made again
            }
        }
        float[][] rows = making.rows();
        try (Embeddings kept = Embeddings.of(embeddings.names(), rows, about)) {
            EmbeddingFile.SAFETENSORS.write(file.get(), kept);
        }
        return rows;
    }

    private static float[][] rows(Embeddings kept) {
        float[][] rows = new float[kept.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = kept.row(i);
        }
        return rows;
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
