package io.juxta.explore;

import io.juxta.eval.clusters.Clusters;
import io.juxta.maps.Pca;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import io.juxta.search.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;

/** The embeddings of those pictures that have one, searched by picture or by an embedding from elsewhere. */
@API(status = API.Status.EXPERIMENTAL)
public final class PictureIndex implements AutoCloseable {
    private final Embeddings embeddings;
    private final ImageIndex index;
    /** The picture of each row. */
    private final int[] places;
    /** The row of each picture, or -1. */
    private final int[] rows;

    /** A picture and its cosine. */
    record Near(int picture, double cosine) {}

    private PictureIndex(Embeddings embeddings, int[] places, int pictures) {
        this.embeddings = embeddings;
        this.places = places;
        this.index = ImageIndex.of(embeddings);
        rows = new int[pictures];
        Arrays.fill(rows, -1);
        for (int row = 0; row < places.length; row++) {
            rows[places[row]] = row;
        }
    }

    /**
     * Those of pictures under their names; others are left out.
     *
     * @param embeddings become this object's to close
     * @param names of the pictures, by place
     * @throws IllegalArgumentException when no picture has one
     */
    public static PictureIndex of(Embeddings embeddings, List<String> names) {
        Map<String, Integer> rowOf = new HashMap<>();
        for (int row = 0; row < embeddings.size(); row++) {
            rowOf.putIfAbsent(embeddings.names().get(row), row);
        }
        int[] places = new int[names.size()];
        int[] of = new int[names.size()];
        int count = 0;
        for (int i = 0; i < names.size(); i++) {
            Integer row = rowOf.get(names.get(i));
            if (row != null) {
                places[count] = i;
                of[count++] = row;
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException("none of the pictures has an embedding");
        }
        int[] taken = Arrays.copyOf(of, count);
        boolean whole = count == embeddings.size();
        for (int i = 0; whole && i < count; i++) {
            whole = taken[i] == i;
        }
        if (whole) {
            return new PictureIndex(embeddings, Arrays.copyOf(places, count), names.size());
        }
        try (embeddings) {
            return new PictureIndex(embeddings.rows(taken), Arrays.copyOf(places, count), names.size());
        }
    }

    /** How many pictures have one. */
    public int size() {
        return places.length;
    }

    Embeddings embeddings() {
        return embeddings;
    }

    int dimension() {
        return index.dimension();
    }

    /** The nearest others of a picture; none where it has no embedding. */
    List<Near> nearest(int picture, int k) {
        if (rows[picture] < 0) {
            return List.of();
        }
        return nearest(embeddings.row(rows[picture]), k + 1).stream()
                .filter(near -> near.picture != picture)
                .limit(k)
                .toList();
    }

    /** The nearest of an embedding. */
    List<Near> nearest(float[] embedding, int k) {
        List<Near> found = new ArrayList<>();
        for (Match match : index.nearest(embedding, k)) {
            found.add(new Near(places[match.place()], match.cosine()));
        }
        return found;
    }

    /** Clusters of the rows as such of the pictures. */
    Grouped grouped(Clusters clusters) {
        return new Grouped(
                Arrays.stream(rows)
                        .mapToObj(row -> row < 0 ? -1 : clusters.of().get(row))
                        .toList(),
                clusters.sizes(),
                clusters.middles().stream().map(row -> places[row]).toList());
    }

    /** The pictures' principal components, laid out for all of them. */
    float[] pca() {
        return spread(Pca.layout(embeddings.values(), new double[0]));
    }

    /**
     * Points of the rows as points of all pictures, within -1 to 1 both ways; NaN where a picture has none.
     *
     * @param points x and y of each row in turn
     */
    float[] spread(double[] points) {
        double[] middle = new double[2];
        double reach = 0;
        for (int axis = 0; axis < 2; axis++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int i = axis; i < points.length; i += 2) {
                low = Math.min(low, points[i]);
                high = Math.max(high, points[i]);
            }
            middle[axis] = (low + high) / 2;
            reach = Math.max(reach, (high - low) / 2);
        }
        float[] all = new float[2 * rows.length];
        Arrays.fill(all, Float.NaN);
        for (int row = 0; row < places.length; row++) {
            for (int axis = 0; axis < 2; axis++) {
                double from = points[2 * row + axis] - middle[axis];
                all[2 * places[row] + axis] = (float) (reach > 0 ? from / reach : 0);
            }
        }
        return all;
    }

    @Override
    public void close() {
        index.close();
        embeddings.close();
    }
}
