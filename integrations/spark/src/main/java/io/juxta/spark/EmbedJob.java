package io.juxta.spark;

import static org.apache.spark.sql.functions.col;

import io.juxta.EncoderOptions;
import io.juxta.eval.Layer;
import io.juxta.spark.JobArguments.MisuseException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apiguardian.api.API;

/**
 * Embeds all pictures below a folder into a table, for {@code spark-submit}:
 *
 * <pre>{@code
 * spark-submit --class io.juxta.spark.EmbedJob ... --input hdfs:///photos --output hdfs:///photos.parquet --weights encoder.safetensors
 * }</pre>
 *
 * <p>Exit status 0 done, 1 failed, 2 wrong usage.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class EmbedJob {
    private static final String NAME = "juxta embed";
    private static final Set<String> VALUED = new LinkedHashSet<>(List.of(
            "--input",
            "--output",
            "--weights",
            "--shared-weights",
            "--format",
            "--layer",
            "--batch-size",
            "--most-bytes"));
    private static final Set<String> FORMATS = Set.of("parquet", "orc");

    private final String input;
    private final String output;
    private final String format;
    private final boolean append;
    private final int mostBytes;
    private final EncoderOptions options;
    private final JobArguments arguments;

    private EmbedJob(String[] words) {
        arguments = new JobArguments(words, VALUED, Set.of("--append"));
        input = arguments.required("--input");
        output = arguments.required("--output");
        append = arguments.has("--append");
        format = arguments.as("--format", "parquet", value -> {
            if (!FORMATS.contains(value)) {
                throw new IllegalArgumentException("must be parquet or orc");
            }
            return value;
        });
        Layer layer = arguments.as("--layer", "backbone", value -> switch (value) {
            case "backbone" -> Layer.BACKBONE;
            case "head" -> Layer.HEAD;
            default -> throw new IllegalArgumentException("must be backbone or head");
        });
        mostBytes = arguments.as("--most-bytes", String.valueOf(SparkEmbedder.MOST_BYTES), value -> {
            int bytes = Integer.parseInt(value);
            if (bytes < 1) {
                throw new IllegalArgumentException("must be at least 1");
            }
            return bytes;
        });
        options = arguments.as(
                "--batch-size",
                "1",
                value -> EncoderOptions.defaults().withLayer(layer).withBatchSize(Integer.parseInt(value)));
        if (arguments.optional("--weights").isPresent()
                == arguments.optional("--shared-weights").isPresent()) {
            throw new MisuseException(
                    "give either --weights, which go to the executors, or --shared-weights, a path that they all see");
        }
    }

    public static void main(String[] words) {
        SparkJob.exit(run(words));
    }

    static int run(String[] words) {
        return SparkJob.run(NAME, () -> new EmbedJob(words)::embed);
    }

    private String embed(SparkSession spark) throws IOException {
        SparkEmbedder embedder = (arguments.optional("--weights").isPresent()
                        ? SparkEmbedder.by(spark, java.nio.file.Path.of(arguments.required("--weights")))
                        : SparkEmbedder.byShared(java.nio.file.Path.of(arguments.required("--shared-weights"))))
                .withOptions(options)
                .withMostBytes(mostBytes);
        Path there = new Path(output);
        FileSystem files = there.getFileSystem(spark.sparkContext().hadoopConfiguration());
        Dataset<Row> pictures = PictureFiles.below(spark, input, mostBytes);
        if (files.exists(there)) {
            if (!append) {
                throw new IOException(output + " is there already: give another, or --append what it has not yet");
            }
            Dataset<Row> table = spark.read().format(format).load(output);
            String by = EmbeddingColumns.encoder(table.schema());
            if (!by.equals(embedder.encoder())) {
                throw new IOException(output + " was made by another encoder, " + by + ", than " + embedder.encoder()
                        + ": embeddings of both cannot be compared; give another --output");
            }
            Dataset<Row> known = table.select("path");
            pictures = pictures.join(known, pictures.col("path").equalTo(known.col("path")), "left_anti");
        }
        embedder.embed(pictures).write().format(format).mode(SaveMode.Append).save(output);
        // counted in what was written: Spark's accumulators count again what is tried again
        Dataset<Row> written = spark.read().format(format).load(output);
        long all = written.count();
        long unreadable =
                written.filter(col(EmbeddingColumns.UNREADABLE).isNotNull()).count();
        return String.format(
                Locale.ROOT,
                "%s: %,d pictures by the encoder %s, of which %,d could not be read; the column %s says why",
                output,
                all,
                embedder.encoder(),
                unreadable,
                EmbeddingColumns.UNREADABLE);
    }
}
