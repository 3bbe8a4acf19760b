package io.juxta;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Numbers in [-1, 1) in closed form, the same in every language: what the golden checks are filled with. */
public final class Filler {
    private Filler() {}

    public static double val(long tag, long i) {
        long z = (tag << 32) + i + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 40) * 0x1p-23 - 1;
    }

    /** Row-major, computed in double, times the scale, then cast. */
    public static Tensor tensor(long tag, double scale, ScalarType type, long... shape) {
        int count = 1;
        for (long side : shape) {
            count *= Math.toIntExact(side);
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = val(tag, i) * scale;
        }
        return Tensor.create(values, shape).to(ScalarType.Float).to(type);
    }

    public static Tensor tensor(long tag, ScalarType type, long... shape) {
        return tensor(tag, 1, type, shape);
    }
}
