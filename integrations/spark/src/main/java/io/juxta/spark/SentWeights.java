package io.juxta.spark;

import io.juxta.runs.DeliveredWeights;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Weights as a task knows them.
 *
 * @param path the same on every machine; of a broadcast where it came from
 * @param sent the file itself, where it goes with the job. It is no {@code addFile}: files that a context has got do not reach the tasks of a
 *     session's queries in Spark 4.0
 * @param fingerprint that the file must have wherever it is read
 */
record SentWeights(String path, @Nullable Broadcast<byte[]> sent, String fingerprint) implements Serializable {
    /** The most bytes that are sent, which lie in each executor's heap while it loads them. */
    private static final long MOST = 1L << 30;

    static SentWeights send(SparkSession spark, Path weights) throws IOException {
        DeliveredWeights file = DeliveredWeights.of(weights);
        long size = Files.size(file.path());
        if (size > MOST) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s has %,d bytes, and at most %,d are sent: put it where every executor sees it, and share it",
                    file.path(),
                    size,
                    MOST));
        }
        Broadcast<byte[]> sent =
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(Files.readAllBytes(file.path()));
        return new SentWeights(file.path().toString(), sent, file.fingerprint());
    }

    /** Lies at a path that every executor sees, as does this process. */
    static SentWeights share(Path weights) throws IOException {
        DeliveredWeights file = DeliveredWeights.of(weights.toAbsolutePath());
        return new SentWeights(file.path().toString(), null, file.fingerprint());
    }

    /** Reads an encoder of a file. */
    @FunctionalInterface
    interface Reading<T> {
        T read(Path file) throws IOException;
    }

    /**
     * What is read of the file, on the machine that asks.
     *
     * @throws IOException when it is not there, or another, in one line
     */
    <T> T read(Reading<T> reading) throws IOException {
        if (sent == null) {
            return reading.read(checked(Path.of(path)));
        }
        String ending = path.substring(Math.max(path.lastIndexOf('/') + 1, path.lastIndexOf('.')));
        Path file = Files.createTempFile("juxta-weights-", ending);
        try {
            return reading.read(checked(Files.write(file, sent.value())));
        } finally {
            Files.delete(file);
        }
    }

    private Path checked(Path file) throws IOException {
        DeliveredWeights here = DeliveredWeights.of(file);
        if (!here.fingerprint().equals(fingerprint)) {
            throw new IOException("the weights in " + file + " are others (" + here.fingerprint()
                    + ") than those of the job (" + fingerprint + "): put the same file on every machine");
        }
        return file;
    }
}
