package io.juxta.detect;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors' values as Java's numbers, and the other way. */
final class Numbers {
    private Numbers() {}

    /** All values, row-major. */
    static double[] of(Tensor x) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor flat = x.detach().cpu().to(ScalarType.Double).contiguous();
            double[] values = new double[Math.toIntExact(flat.numel())];
            if (values.length > 0) {
                flat.data_ptr_double().get(values);
            }
            return values;
        }
    }

    /** Whole numbers on the device of another tensor. */
    static Tensor whole(int[] values, Tensor like) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return values.length == 0
                ? torch.zeros(new long[] {0}, like.options()).to(ScalarType.Long)
                : Tensor.create(wide).to(like.device(), ScalarType.Long);
    }

    /** Numbers of the type and on the device of another tensor. */
    static Tensor like(Tensor other, double[] values, long... shape) {
        return values.length == 0
                ? torch.zeros(shape, other.options())
                : Tensor.create(values, shape)
                        .to(other.device(), other.scalar_type().intern());
    }
}
