package io.juxta.maps;

import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The two directions in which features differ most: the first two principal components. */
@API(status = API.Status.EXPERIMENTAL)
public final class Pca {
    /** Rows whose products are added up in float64 at once. */
    private static final int ROWS = 4096;

    private Pca() {}

    /**
     * Projects features onto their first two principal components.
     *
     * <p>Of few features from the eigenvectors u of the Gram matrix of the centred ones, N x N: the coordinates are
     * {@code sqrt(eigenvalue) u}. Of many from those of the covariance, D x D, which are the directions. A component has no
     * sign of its own; it takes the one that fits the map before.
     *
     * @param features (N, D)
     * @param before x and y of the same features in an earlier map; of another length where there is none
     * @return x and y of each feature in turn
     */
    public static double[] layout(Tensor features, double[] before) {
        int n = Math.toIntExact(features.size(0));
        double[] points = new double[2 * n];
        if (n < 2) {
            return points;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor x = features.to(new Device("cpu"), ScalarType.Float);
            Tensor axes = n > 2 * x.size(1) ? byDirections(x) : byProducts(x); // N x 2, the widest last
            for (int axis = 0; axis < 2; axis++) {
                double[] u = new double[n];
                axes.select(1, axes.size(1) - 1 - axis)
                        .contiguous()
                        .data_ptr_double()
                        .get(u);
                double sign = sign(u, axis, before);
                for (int i = 0; i < n; i++) {
                    points[2 * i + axis] = sign * u[i];
                }
            }
        }
        return points;
    }

    private static Tensor byProducts(Tensor features) {
        Tensor x = features.to(ScalarType.Double);
        Tensor centred = x.sub(x.mean(new long[] {0}, true, new ScalarTypeOptional())); // N x D
        T_TensorTensor_T eigen = torch.linalg_eigh(centred.matmul(centred.t())); // ascending
        Tensor spreads = eigen.get0().clamp_min(new Scalar(0)).sqrt();
        return last(eigen.get1()).mul(spreads.narrow(0, spreads.size(0) - 2, 2));
    }

    /** Memory is that of the features and a block of them. */
    private static Tensor byDirections(Tensor features) {
        long n = features.size(0);
        long width = features.size(1);
        Tensor mean = features.sum(new long[] {0}, false, new ScalarTypeOptional(ScalarType.Double))
                .div(new Scalar((double) n));
        Tensor covariance = torch.zeros(new long[] {width, width}).to(ScalarType.Double);
        for (long from = 0; from < n; from += ROWS) {
            try (PointerScope scope = new PointerScope()) {
                Tensor centred = block(features, from).sub(mean);
                covariance.add_(centred.t().matmul(centred));
            }
        }
        Tensor directions = last(torch.linalg_eigh(covariance).get1()); // D x 2, or D x 1
        Tensor points = torch.zeros(new long[] {n, directions.size(1)}).to(ScalarType.Double);
        for (long from = 0; from < n; from += ROWS) {
            try (PointerScope scope = new PointerScope()) {
                Tensor block = block(features, from);
                points.narrow(0, from, block.size(0)).copy_(block.sub(mean).matmul(directions));
            }
        }
        return width > 1 ? points : torch.cat(new TensorVector(points.mul(new Scalar(0)), points), 1);
    }

    private static Tensor block(Tensor features, long from) {
        return features.narrow(0, from, Math.min(ROWS, features.size(0) - from)).to(ScalarType.Double);
    }

    /** The last two columns: eigenvalues ascend. */
    private static Tensor last(Tensor columns) {
        long two = Math.min(2, columns.size(1));
        return columns.narrow(1, columns.size(1) - two, two);
    }

    private static double sign(double[] u, int axis, double[] before) {
        double agreement = 0;
        double largest = 0;
        for (int i = 0; i < u.length; i++) {
            agreement += before.length == 2 * u.length ? u[i] * before[2 * i + axis] : 0;
            largest = Math.abs(u[i]) > Math.abs(largest) ? u[i] : largest;
        }
        return Math.signum(agreement == 0 ? largest : agreement) < 0 ? -1 : 1;
    }
}
