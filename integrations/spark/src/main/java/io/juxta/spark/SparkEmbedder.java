package io.juxta.spark;

import io.juxta.EncoderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apiguardian.api.API;

/**
 * Embeds pictures on a Spark cluster.
 *
 * <pre>{@code
 * Dataset<Row> pictures = PictureFiles.below(spark, "hdfs:///photos", SparkEmbedder.MOST_BYTES);
 * Dataset<Row> table = SparkEmbedder.by(spark, Path.of("runs/photos")).embed(pictures);
 * }</pre>
 *
 * <p>Each executor loads the encoder once, for all of its tasks. A picture is computed by itself, by one thread for each core of the
 * executor, so that its embedding is the same to the last bit however the table is cut up, and however often a task is tried, on
 * processors of one kind. Immutable.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class SparkEmbedder {
    /** The most bytes of a picture's file, 64 MiB. */
    public static final int MOST_BYTES = 64 << 20;

    private static final int MOST_BATCHED = 256;

    private final EncoderKey encoder;
    private final SentWeights weights;
    private final String column;
    private final int mostBytes;

    private SparkEmbedder(EncoderKey encoder, SentWeights weights, String column, int mostBytes) {
        this.encoder = encoder;
        this.weights = weights;
        this.column = column;
        this.mostBytes = mostBytes;
    }

    /**
     * By weights that lie where this program runs; they go to the executors as a broadcast, of at most 1 GiB.
     *
     * @param weights a run's folder or a file, as {@code io.juxta.Encoder} takes it
     * @throws IOException when they cannot be read, in one line; whether they are an encoder's comes out on the executors
     */
    public static SparkEmbedder by(SparkSession spark, Path weights) throws IOException {
        return of(SentWeights.send(spark, weights));
    }

    /**
     * By weights at a path that leads to the same file here and on every executor, as a shared file system has it. An executor where
     * it leads to another fails the job.
     *
     * @throws IOException when they cannot be read here, in one line
     */
    public static SparkEmbedder byShared(Path weights) throws IOException {
        return of(SentWeights.share(weights));
    }

    private static SparkEmbedder of(SentWeights weights) {
        EncoderOptions alone = EncoderOptions.defaults().withBatchSize(1);
        return new SparkEmbedder(EncoderKey.of(weights.fingerprint(), alone), weights, "content", MOST_BYTES);
    }

    /** The column of pictures' files; {@code content} unless told otherwise, as in {@code binaryFile}. */
    public SparkEmbedder withColumn(String column) {
        return new SparkEmbedder(encoder, weights, column, mostBytes);
    }

    /** The most bytes of a picture's file; a longer one is unreadable. {@link #MOST_BYTES} unless told otherwise. */
    public SparkEmbedder withMostBytes(int mostBytes) {
        if (mostBytes < 1) {
            throw new IllegalArgumentException("at most " + mostBytes + " bytes must be at least 1");
        }
        return new SparkEmbedder(encoder, weights, column, mostBytes);
    }

    /**
     * Layer, length, device and precision; and the batch size, 1 unless told otherwise. Larger batches are quicker with small networks
     * and on GPUs. The last bits of an embedding then depend on what it shares a batch with.
     *
     * @throws IllegalArgumentException when the batch is larger than 256
     */
    public SparkEmbedder withOptions(EncoderOptions options) {
        if (options.batchSize() > MOST_BATCHED) {
            throw new IllegalArgumentException(
                    "batch size " + options.batchSize() + " must be from 1 to " + MOST_BATCHED);
        }
        return new SparkEmbedder(EncoderKey.of(weights.fingerprint(), options), weights, column, mostBytes);
    }

    /** Tells the embeddings from those of others, with which they cannot be compared. */
    public String encoder() {
        return encoder.encoder();
    }

    /** The columns that {@link #embed} gives for a table of these columns. */
    public StructType schema(StructType table) {
        place(table);
        return EmbeddingColumns.added(table, column, encoder());
    }

    /**
     * Embeds a table's pictures. Nothing is computed before the result is asked for.
     *
     * @return the columns that the table has, without the pictures' files, and those of {@link EmbeddingColumns}; as many rows
     * @throws IllegalArgumentException when there is no such column, or one that a result would have twice
     */
    public Dataset<Row> embed(Dataset<Row> pictures) {
        StructType table = pictures.schema();
        EmbeddingTask task = new EmbeddingTask(encoder, weights, place(table), length(table), mostBytes);
        StructType schema = schema(table);
        // what a schema says of its columns does not pass through mapPartitions
        return pictures.mapPartitions(task, Encoders.row(schema))
                .withMetadata(
                        EmbeddingColumns.EMBEDDING,
                        schema.apply(EmbeddingColumns.EMBEDDING).metadata());
    }

    /** That of {@code binaryFile}; below 0 where there is none. */
    private static int length(StructType table) {
        int length = Arrays.asList(table.fieldNames()).indexOf("length");
        return length >= 0 && table.fields()[length].dataType().equals(DataTypes.LongType) ? length : -1;
    }

    private int place(StructType table) {
        for (String added : new String[] {EmbeddingColumns.EMBEDDING, EmbeddingColumns.UNREADABLE}) {
            if (Arrays.asList(table.fieldNames()).contains(added)) {
                throw new IllegalArgumentException("the table has a column " + added + " already: rename it");
            }
        }
        int place = Arrays.asList(table.fieldNames()).indexOf(column);
        if (place < 0 || !table.fields()[place].dataType().equals(DataTypes.BinaryType)) {
            throw new IllegalArgumentException("the table has "
                    + (place < 0
                            ? "no column " + column
                            : "in column " + column + " no bytes, but "
                                    + table.fields()[place].dataType().simpleString())
                    + ": name the one with the pictures' files");
        }
        return place;
    }
}
