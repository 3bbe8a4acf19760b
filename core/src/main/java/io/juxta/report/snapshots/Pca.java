package io.juxta.report.snapshots;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The two directions in which features differ most: the first two principal components. */
final class Pca {
    private Pca() {}

    /**
     * Projects features onto their first two principal components.
     *
     * <p>From the eigenvectors u of the Gram matrix of the centred features, N x N: the coordinates are
     * {@code sqrt(eigenvalue) u}. A component has no sign of its own; it takes the one that fits the map before.
     *
     * @param features (N, D)
     * @param before the map of an earlier epoch
     * @return x and y of each feature in turn
     */
    static double[] layout(Tensor features, Optional<MapLayout> before) {
        int n = (int) features.size(0);
        double[] points = new double[2 * n];
        if (n < 2) {
            return points;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor x = features.to(new Device("cpu"), ScalarType.Double);
            Tensor centred = x.sub(x.mean(new long[] {0}, true, new ScalarTypeOptional())); // N x D
            T_TensorTensor_T eigen = torch.linalg_eigh(centred.matmul(centred.t())); // ascending
            for (int axis = 0; axis < 2; axis++) {
                double spread =
                        Math.sqrt(Math.max(0, eigen.get0().get(n - 1 - axis).item_double()));
                double[] u = new double[n];
                eigen.get1()
                        .select(1, n - 1 - axis)
                        .contiguous()
                        .data_ptr_double()
                        .get(u);
                double sign = sign(u, axis, before);
                for (int i = 0; i < n; i++) {
                    points[2 * i + axis] = sign * spread * u[i];
                }
            }
        }
        return points;
    }

    private static double sign(double[] u, int axis, Optional<MapLayout> before) {
        double agreement = 0;
        double largest = 0;
        double[] points = before.map(MapLayout::points).orElse(new double[0]);
        for (int i = 0; i < u.length; i++) {
            agreement += points.length == 2 * u.length ? u[i] * points[2 * i + axis] : 0;
            largest = Math.abs(u[i]) > Math.abs(largest) ? u[i] : largest;
        }
        return Math.signum(agreement == 0 ? largest : agreement) < 0 ? -1 : 1;
    }
}
