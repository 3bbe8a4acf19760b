package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What a feature map shows within boxes, each as a grid of the same size (He et al., 2017, "Mask R-CNN", section 3), by
 * bilinear interpolation at ceil(side / size) samples a bin and axis, pixel centres at whole numbers and a half.
 *
 * <p>It is separable: the grid is W_y F W_x^T, with two small matrices for each box, which hold the mean over a bin's samples of
 * their interpolation along one axis. So it is matrix products, and libtorch knows its gradient; there is none to the boxes.
 * A sample beyond the map by more than a pixel counts 0; a box of no size gives 0.
 *
 * @param size S, the side of the grid; 14 in Faster R-CNN C4
 * @param scale of the map to the picture, 1 / 16 for C4
 */
@API(status = API.Status.INTERNAL)
public record RoiAlign(int size, double scale) {
    /** Of what lies between the two products. */
    private static final long BYTES = 64L << 20;

    /**
     * Pools.
     *
     * @param features (N, C, H, W)
     * @param boxes of each of the N pictures, R in all, in pixels of the picture
     * @return (R, C, S, S), picture after picture, channels last in memory
     */
    public Tensor forward(Tensor features, List<Boxes> boxes) {
        TensorVector pooled = new TensorVector();
        for (int n = 0; n < boxes.size(); n++) {
            pool(features.select(0, n), boxes.get(n), pooled);
        }
        if (pooled.size() == 0) {
            // no box at all: an empty result that still hangs on the features
            return features.narrow(0, 0, 1)
                    .narrow(2, 0, 1)
                    .narrow(3, 0, 1)
                    .expand(1, -1, size, size)
                    .narrow(0, 0, 0);
        }
        return torch.cat(pooled, 0).permute(0, 3, 1, 2);
    }

    /** Adds (r, S, S, C) for some boxes of a picture at a time, as many as memory allows. */
    private void pool(Tensor map, Boxes boxes, TensorVector pooled) {
        long channels = map.size(0);
        int height = Math.toIntExact(map.size(1));
        int width = Math.toIntExact(map.size(2));
        Tensor rows = map.permute(1, 2, 0).reshape(height, width * channels); // H x W C
        int atOnce = (int) Math.max(1, BYTES / (4L * size * width * channels));
        for (int from = 0; from < boxes.size(); from += atOnce) {
            int count = Math.min(atOnce, boxes.size() - from);
            Tensor wy = like(map, along(boxes, from, count, height, false), (long) count * size, height);
            Tensor wx = like(map, along(boxes, from, count, width, true), count, 1, size, width);
            Tensor narrow = torch.matmul(wy, rows).view(count, size, width, channels); // r x S x W x C
            pooled.push_back(torch.matmul(wx.expand(count, size, size, width), narrow)); // r x S x S x C
        }
    }

    private static Tensor like(Tensor map, double[] values, long... shape) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return Tensor.create(values, shape)
                    .to(map.device(), map.scalar_type().intern());
        }
    }

    /** The matrices (r, S, length) of some boxes along one axis. */
    private double[] along(Boxes boxes, int from, int count, int length, boolean x) {
        double[] weights = new double[count * size * length];
        for (int r = 0; r < count; r++) {
            double start = (x ? boxes.x1(from + r) : boxes.y1(from + r)) * scale - 0.5;
            double end = (x ? boxes.x2(from + r) : boxes.y2(from + r)) * scale - 0.5;
            axis(weights, r * size * length, start, end - start, length);
        }
        return weights;
    }

    /** The matrix (S, length) of one box along one axis, from a place on. */
    private void axis(double[] weights, int from, double start, double extent, int length) {
        double bin = extent / size;
        int samples = (int) Math.ceil(bin);
        double share = 1.0 / Math.max(samples, 1);
        for (int s = 0; s < size; s++) {
            int row = from + s * length;
            for (int k = 0; k < samples; k++) {
                double at = start + s * bin + (k + 0.5) * bin / samples;
                if (at < -1 || at > length) {
                    continue;
                }
                double inside = Math.max(at, 0);
                int low = (int) inside;
                if (low >= length - 1) {
                    weights[row + length - 1] += share;
                } else {
                    weights[row + low] += share * (1 - (inside - low));
                    weights[row + low + 1] += share * (inside - low);
                }
            }
        }
    }
}
