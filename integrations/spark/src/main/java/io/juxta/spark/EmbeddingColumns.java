package io.juxta.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apiguardian.api.API;

/** What embedding adds to a table. The schema remembers which encoder made the embeddings, also in Parquet and ORC. */
@API(status = API.Status.EXPERIMENTAL)
public final class EmbeddingColumns {
    /** {@code array<float>}; null where the picture cannot be read. */
    public static final String EMBEDDING = "embedding";

    /** {@code string}: why the picture cannot be read; null where it can. */
    public static final String UNREADABLE = "unreadable";

    private static final String ENCODER = "juxta.encoder";

    private EmbeddingColumns() {}

    /** @param bytes the column that is left out */
    static StructType added(StructType table, String bytes, String encoder) {
        List<StructField> fields = new ArrayList<>();
        Arrays.stream(table.fields())
                .filter(field -> !field.name().equals(bytes))
                .forEach(fields::add);
        Metadata made = new MetadataBuilder().putString(ENCODER, encoder).build();
        fields.add(new StructField(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), true, made));
        fields.add(new StructField(UNREADABLE, DataTypes.StringType, true, Metadata.empty()));
        return new StructType(fields.toArray(StructField[]::new));
    }

    /**
     * Which encoder has made a table's embeddings: the first half of its weights' SHA-256, and the layer.
     *
     * @throws IllegalArgumentException when the table has none that are known, in one line
     */
    public static String encoder(StructType table) {
        return Arrays.stream(table.fields())
                .filter(field ->
                        field.name().equals(EMBEDDING) && field.metadata().contains(ENCODER))
                .map(field -> field.metadata().getString(ENCODER))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the table has no column " + EMBEDDING
                        + " that says which encoder made it: give one that Juxta has written"));
    }
}
