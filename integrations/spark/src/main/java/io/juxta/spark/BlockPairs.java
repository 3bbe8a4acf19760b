package io.juxta.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The pairs within blocks that are alike, by their exact cosines. The rows come block by block, a large block in tiles: of chunk i with itself, and
 * of i with j. Memory is that of a block or tile.
 *
 * @param above the least cosine of a pair
 */
record BlockPairs(double above) implements MapPartitionsFunction<Row, Row> {
    static final StructType SCHEMA = new StructType()
            .add("first", DataTypes.StringType, false)
            .add("second", DataTypes.StringType, false)
            .add("cosine", DataTypes.DoubleType, false);

    /** @param chunk of a large block that it is in */
    private record Member(String id, float[] vector, double length, List<Long> blocks, int chunk) {}

    /** Which rows are compared with each other. */
    private record Tile(int band, long block, int first, int second) {}

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new Iterator<>() {
            private final Deque<Row> ready = new ArrayDeque<>();
            private final List<Member> members = new ArrayList<>();
            private @Nullable Tile tile;

            @Override
            public boolean hasNext() {
                while (ready.isEmpty() && rows.hasNext()) {
                    take(rows.next());
                }
                return !ready.isEmpty();
            }

            @Override
            public Row next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return ready.remove();
            }

            private void take(Row row) {
                Tile now = new Tile(row.getInt(0), row.getLong(1), row.getInt(2), row.getInt(3));
                if (!now.equals(tile)) {
                    members.clear();
                    tile = now;
                }
                float[] vector = BlockedVector.vector(row, 6);
                Member come = new Member(row.getString(5), vector, length(vector), row.getList(7), row.getInt(4));
                for (Member there : members) {
                    compare(there, come, now);
                }
                members.add(come);
            }

            private void compare(Member a, Member b, Tile in) {
                boolean across = in.first != in.second;
                if (across && a.chunk == b.chunk || a.id.equals(b.id) || areTogetherBefore(a, b, in.band)) {
                    return;
                }
                double cosine = cosine(a, b);
                if (cosine >= above) {
                    boolean inOrder = a.id.compareTo(b.id) < 0;
                    ready.add(RowFactory.create(
                            inOrder ? a.id : b.id, inOrder ? b.id : a.id, Math.max(-1, Math.min(1, cosine))));
                }
            }
        };
    }

    /** A pair that shares several blocks is told of in the first. */
    private static boolean areTogetherBefore(Member a, Member b, int band) {
        for (int i = 0; i < band; i++) {
            if (a.blocks.get(i).equals(b.blocks.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    private static double cosine(Member a, Member b) {
        double product = 0;
        for (int i = 0; i < a.vector.length; i++) {
            product += (double) a.vector[i] * b.vector[i];
        }
        return product / Math.max(1e-12, a.length * b.length);
    }
}
