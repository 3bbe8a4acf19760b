package io.juxta.report.snapshots;

import io.juxta.maps.Pca;
import io.juxta.maps.Tsne;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What is read off the features of a sample: who is near whom, and where everybody is. */
@API(status = API.Status.INTERNAL)
public final class Embedding {
    private static final int NEIGHBOURS = 8;

    private Embedding() {}

    /**
     * A snapshot of features.
     *
     * @param features (N, D), rows of length 1, in the sample's order
     * @param before the snapshot before, from whose maps the new ones start
     * @param seed of t-SNE's start
     */
    public static Snapshot snapshot(Tensor features, Sample sample, int epoch, Optional<Snapshot> before, long seed) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor all = features.to(new Device("cpu"), ScalarType.Float);
            List<List<Integer>> neighbours = new ArrayList<>();
            List<List<Double>> similarities = new ArrayList<>();
            for (int query : sample.queries()) {
                List<Integer> places = new ArrayList<>();
                List<Double> cosines = new ArrayList<>();
                nearest(all, query, places, cosines);
                neighbours.add(places);
                similarities.add(cosines);
            }
            Tensor mapped = all.narrow(0, 0, sample.mapped());
            double[] pca = Pca.layout(
                    mapped, before.map(Snapshot::pca).map(MapLayout::points).orElse(new double[0]));
            double[] start = before.map(Snapshot::tsne).map(MapLayout::points).orElse(pca);
            double[] tsne = Tsne.layout(distances(mapped), start, seed);
            return new Snapshot(
                    sample.fingerprint(), epoch, neighbours, similarities, MapLayout.of(pca), MapLayout.of(tsne));
        }
    }

    /** Those most like one, itself left out. */
    private static void nearest(Tensor all, int query, List<Integer> places, List<Double> cosines) {
        try (PointerScope scope = new PointerScope()) {
            int size = (int) all.size(0);
            T_TensorTensor_T best =
                    all.matmul(all.select(0, query)).topk(Math.min(NEIGHBOURS + 1, size), 0, true, true);
            float[] cosine = new float[Math.min(NEIGHBOURS + 1, size)];
            long[] place = new long[cosine.length];
            best.get0().contiguous().data_ptr_float().get(cosine);
            best.get1().contiguous().data_ptr_long().get(place);
            for (int i = 0; i < place.length && places.size() < NEIGHBOURS; i++) {
                if (place[i] != query) {
                    places.add((int) place[i]);
                    cosines.add(Math.rint(1000 * Math.max(-1, Math.min(1, cosine[i]))) / 1000);
                }
            }
        }
    }

    /** Squared: of unit vectors, 2 - 2 cosine. */
    private static double[][] distances(Tensor unit) {
        int n = (int) unit.size(0);
        double[][] distances = new double[n][n];
        try (PointerScope scope = new PointerScope()) {
            Tensor rows = unit.to(ScalarType.Double);
            double[] cosines = new double[n * n];
            rows.matmul(rows.t()).contiguous().data_ptr_double().get(cosines);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    distances[i][j] = i == j ? 0 : Math.max(0, 2 - cosines[i * n + j] - cosines[j * n + i]);
                }
            }
        }
        return distances;
    }
}
