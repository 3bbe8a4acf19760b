package io.juxta.spark;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;

import java.util.Locale;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apiguardian.api.API;

/**
 * Finds pictures that are nearly the same among all of a table, without comparing each with each: random hyperplanes cut the embeddings into
 * blocks, several times over, and those in one block are compared by their exact cosines. A pair is found when it shares a block once:
 * with b bands of r bits, at the cosine c, that has the chance 1 - (1 - (1 - arccos(c) / pi)^r)^b.
 *
 * <pre>{@code
 * NearDuplicates alike = NearDuplicates.above(0.98);
 * Dataset<Row> pairs = alike.pairs(table).cache();
 * Dataset<Row> groups = alike.groups(pairs);
 * }</pre>
 *
 * @param cosine the least of a pair, from 0 to 1
 * @param bits planes that a block lies between, 20 unless told otherwise, from 1 to 62; more make smaller blocks and want more bands
 * @param bands how often the whole is cut up; unless told otherwise, as often as finds pairs at the least cosine with a chance of 99 %
 * @param seed that the planes are drawn by
 * @param id the column that names a picture; {@code path} unless told otherwise
 * @param mostComparisons beyond which nothing is begun, 10^12
 * @param mostTogether embeddings that a task holds of a block at once, 2048; a larger block is compared in tiles
 */
@API(status = API.Status.EXPERIMENTAL)
public record NearDuplicates(
        double cosine, int bits, int bands, long seed, String id, long mostComparisons, int mostTogether) {
    private static final int MOST_BITS = 62;
    private static final int MOST_BANDS = 256;
    private static final double RECALL = 0.99;

    private static final StructType JOINED =
            new StructType().add("first", DataTypes.StringType, false).add("second", DataTypes.StringType, false);
    private static final StructType GROUPED = new StructType()
            .add("id", DataTypes.StringType, false)
            .add("group", DataTypes.StringType, false)
            .add("size", DataTypes.IntegerType, false);

    public NearDuplicates {
        if (!(cosine > 0 && cosine <= 1)) {
            throw new IllegalArgumentException("cosine " + cosine + " must be above 0 and at most 1");
        }
        if (bits < 1 || bits > MOST_BITS) {
            throw new IllegalArgumentException("bits " + bits + " must be from 1 to " + MOST_BITS);
        }
        if (bands < 1 || bands > MOST_BANDS) {
            throw new IllegalArgumentException("bands " + bands + " must be from 1 to " + MOST_BANDS
                    + (bands > MOST_BANDS ? ": take fewer bits, or a higher cosine" : ""));
        }
        if (mostTogether < 2) {
            throw new IllegalArgumentException("most together " + mostTogether + " must be at least 2");
        }
    }

    /** Of pairs at this cosine 99 % are found, and more of those that are more alike. */
    public static NearDuplicates above(double cosine) {
        return above(cosine, 20);
    }

    /** The same by blocks of other bits: fewer for a lower cosine, more where the blocks are too large. */
    public static NearDuplicates above(double cosine, int bits) {
        return new NearDuplicates(cosine, bits, fitting(bits, cosine), 0, "path", 1_000_000_000_000L, 2048);
    }

    private static int fitting(int bits, double cosine) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, SignBands.bands(bits, cosine, RECALL)));
    }

    /** With as many bands as find 99 % again. */
    public NearDuplicates withBits(int bits) {
        return new NearDuplicates(cosine, bits, fitting(bits, cosine), seed, id, mostComparisons, mostTogether);
    }

    public NearDuplicates withBands(int bands) {
        return new NearDuplicates(cosine, bits, bands, seed, id, mostComparisons, mostTogether);
    }

    public NearDuplicates withId(String id) {
        return new NearDuplicates(cosine, bits, bands, seed, id, mostComparisons, mostTogether);
    }

    public NearDuplicates withMostComparisons(long mostComparisons) {
        return new NearDuplicates(cosine, bits, bands, seed, id, mostComparisons, mostTogether);
    }

    NearDuplicates withMostTogether(int mostTogether) {
        return new NearDuplicates(cosine, bits, bands, seed, id, mostComparisons, mostTogether);
    }

    private SignBands sides() {
        return new SignBands(bits, bands, seed);
    }

    /** The chance that a pair at this cosine is found. */
    public double chance(double cosine) {
        return sides().chance(cosine);
    }

    /**
     * The pairs that are alike. How large the blocks are is found out now; the pairs when they are asked for.
     *
     * @param table with a column {@code embedding}; rows where it is null are left out
     * @return {@code first}, {@code second} (the later one by its name) and {@code cosine}, each pair once
     * @throws IllegalArgumentException when the blocks are too large to be compared, in one line
     */
    public Dataset<Row> pairs(Dataset<Row> table) {
        Dataset<Row> vectors = table.filter(col(EmbeddingColumns.EMBEDDING).isNotNull())
                .select(col(id).cast("string"), col(EmbeddingColumns.EMBEDDING))
                .mapPartitions(new BlockedVector(sides()), Encoders.row(BlockedVector.SCHEMA));
        Column[] block = {col("band"), col("block")};
        Dataset<Row> sizes = vectors.select(posexplode(col("blocks")).as(new String[] {"band", "block"}))
                .groupBy(block)
                .count();
        Row most = sizes.agg(
                        expr("coalesce(sum(double(count) * (count - 1) / 2), 0D)"), expr("coalesce(max(count), 0L)"))
                .first();
        if (most.getDouble(0) > mostComparisons) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "blocks of %d bits, %,d pictures in the largest, want %,.0f comparisons, and the limit is %,d: take more bits",
                    bits,
                    most.getLong(1),
                    most.getDouble(0),
                    mostComparisons));
        }
        Dataset<Row> large = sizes.filter(col("count").gt(mostTogether))
                .select(
                        col("band"),
                        col("block"),
                        expr("int(ceil(count * 2 / " + mostTogether + "))").as("chunks"));
        Dataset<Row> cut = vectors.select(
                        col("id"),
                        col("vector"),
                        col("blocks"),
                        posexplode(col("blocks")).as(new String[] {"band", "block"}))
                .join(broadcast(large), new String[] {"band", "block"}, "left")
                .withColumn("chunks", coalesce(col("chunks"), lit(1)))
                .withColumn("chunk", expr("pmod(hash(id), chunks)"))
                .withColumn("other", explode(expr("sequence(0, chunks - 1)")))
                .select(
                        col("band"),
                        col("block"),
                        expr("least(chunk, other)").as("one"),
                        expr("greatest(chunk, other)").as("another"),
                        col("chunk"),
                        col("id"),
                        col("vector"),
                        col("blocks"));
        Column[] tile = {col("band"), col("block"), col("one"), col("another")};
        // equal embeddings are alike however they are rounded
        BlockPairs alike = new BlockPairs(Math.min(cosine, 1 - 1e-6));
        return cut.repartition(tile).sortWithinPartitions(tile).mapPartitions(alike, Encoders.row(BlockPairs.SCHEMA));
    }

    /**
     * The groups that pairs make: each picture of one is alike to some other of it. The last step is one task, which holds the names of all
     * pictures that are in a pair.
     *
     * @param pairs of {@link #pairs}
     * @return {@code id}, {@code group} (the first of its members by name) and {@code size}, a row for each picture of a pair
     */
    public Dataset<Row> groups(Dataset<Row> pairs) {
        MapPartitionsFunction<Row, Row> joined = rows -> Forest.of(rows).pairs();
        MapPartitionsFunction<Row, Row> grouped = rows -> Forest.of(rows).groups();
        return pairs.select("first", "second")
                .mapPartitions(joined, Encoders.row(JOINED))
                .repartition(1)
                .mapPartitions(grouped, Encoders.row(GROUPED));
    }
}
