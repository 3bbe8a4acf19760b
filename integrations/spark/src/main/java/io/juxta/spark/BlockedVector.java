package io.juxta.spark;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Rows of (id, embedding) with the blocks that they lie in. */
record BlockedVector(SignBands sides) implements MapPartitionsFunction<Row, Row> {
    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType, false)
            .add("vector", DataTypes.createArrayType(DataTypes.FloatType, false), false)
            .add("blocks", DataTypes.createArrayType(DataTypes.LongType, false), false);

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new Iterator<>() {
            private float @Nullable [] @Nullable [] planes;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                if (!rows.hasNext()) {
                    throw new NoSuchElementException();
                }
                Row row = rows.next();
                float[] vector = vector(row, 1);
                float[][] known = planes == null ? sides.planes(vector.length) : planes;
                planes = known;
                if (known[0].length != vector.length) {
                    throw new IllegalArgumentException("embeddings of " + known[0].length + " and of " + vector.length
                            + " values, of " + row.getString(0) + ", are in one table: make all by the same encoder");
                }
                return RowFactory.create(row.getString(0), vector, sides.blocks(vector, known));
            }
        };
    }

    static float[] vector(Row row, int place) {
        List<Float> values = row.getList(place);
        float[] vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = values.get(i);
        }
        return vector;
    }
}
