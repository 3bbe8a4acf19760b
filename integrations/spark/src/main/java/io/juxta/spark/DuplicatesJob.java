package io.juxta.spark;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apiguardian.api.API;

/**
 * Finds pictures that are nearly the same in a table of {@link EmbedJob}'s, for {@code spark-submit}: {@code pairs} and {@code groups} in the
 * output folder. Exit status 0 done, 1 failed, 2 wrong usage.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DuplicatesJob {
    private static final String NAME = "juxta duplicates";
    private static final Set<String> VALUED =
            new LinkedHashSet<>(List.of("--input", "--output", "--above", "--bits", "--most-comparisons"));

    private final String input;
    private final String output;
    private final NearDuplicates alike;

    private DuplicatesJob(String[] words) {
        JobArguments arguments = new JobArguments(words, VALUED, Set.of());
        input = arguments.required("--input");
        output = arguments.required("--output");
        double cosine = arguments.as(
                "--above",
                "0.98",
                value -> NearDuplicates.above(Double.parseDouble(value), 1).cosine());
        NearDuplicates bits =
                arguments.as("--bits", "20", value -> NearDuplicates.above(cosine, Integer.parseInt(value)));
        alike = arguments.as(
                "--most-comparisons",
                String.valueOf(bits.mostComparisons()),
                value -> bits.withMostComparisons(Long.parseLong(value)));
    }

    public static void main(String[] words) {
        SparkJob.exit(run(words));
    }

    static int run(String[] words) {
        return SparkJob.run(NAME, () -> new DuplicatesJob(words)::find);
    }

    private String find(SparkSession spark) throws IOException {
        Dataset<Row> table = spark.read().load(input);
        EmbeddingColumns.encoder(table.schema());
        alike.pairs(table).write().save(output + "/pairs");
        Dataset<Row> pairs = spark.read().load(output + "/pairs");
        alike.groups(pairs).write().save(output + "/groups");
        Dataset<Row> groups = spark.read().load(output + "/groups");
        return String.format(
                Locale.ROOT,
                "%s: %,d pairs at a cosine of %s and above, %,d pictures in %,d groups; of pairs at %s %.1f %% are found"
                        + " (%d bands of %d bits)",
                output,
                pairs.count(),
                alike.cosine(),
                groups.count(),
                groups.select("group").distinct().count(),
                alike.cosine(),
                100 * alike.chance(alike.cosine()),
                alike.bands(),
                alike.bits());
    }
}
