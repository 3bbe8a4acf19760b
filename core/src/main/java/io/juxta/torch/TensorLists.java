package io.juxta.torch;

import io.juxta.natives.Natives;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch's kernels over lists of tensors: one call instead of hundreds.
 */
@API(status = API.Status.INTERNAL)
public final class TensorLists {
    static {
        Natives.torch();
    }

    private static final Operator LERP = new Operator("aten::_foreach_lerp_", "Scalar");
    private static final Operator NORM = new Operator("aten::_foreach_norm", "Scalar");
    private static final Operator MUL = new Operator("aten::_foreach_mul_", "List");
    private static final Operator ADDCMUL = new Operator("aten::_foreach_addcmul_", "Scalar");
    private static final Operator COPY = new Operator("aten::_foreach_copy_", "");
    private static final Operator SGD = new Operator("aten::_fused_sgd_", "");
    private static final Operator ADAM = new Operator("aten::_fused_adam_", "");
    private static final Operator ADAMW = new Operator("aten::_fused_adamw_", "");
    private static final Operator UNSCALE = new Operator("aten::_amp_foreach_non_finite_check_and_unscale_", "");
    private static final Operator UPDATE_SCALE = new Operator("aten::_amp_update_scale_", "");

    private TensorLists() {}

    /**
     * Moves every tensor towards another: {@code self += weight * (end - self)}, in place, without gradients.
     *
     * @param self tensors to change
     * @param end as many tensors of the same shapes
     * @param weight 0 leaves {@code self} as it is, 1 makes it {@code end}
     */
    public static void lerp(List<Tensor> self, List<Tensor> end, double weight) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            LERP.call(list(self), list(end), new IValue(new Scalar(weight)));
        }
    }

    /**
     * Copies values, of any type and device, in place, without gradients.
     *
     * @param self tensors to overwrite
     * @param source as many tensors of the same shapes
     */
    public static void copy(List<Tensor> self, List<Tensor> source) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            COPY.call(list(self), list(source), new IValue(false));
        }
    }

    /**
     * One step of stochastic gradient descent with momentum, in place: {@code g += weightDecay * p; v = momentum * v +
     * g; p -= lr * v} (no dampening, no Nesterov). Each gradient and velocity must be laid out in memory as its
     * parameter is.
     *
     * @param parameters p
     * @param gradients g, unchanged
     * @param velocities v, zeros before the first step; untouched when momentum is 0
     */
    public static void sgd(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> velocities,
            double lr,
            double momentum,
            double weightDecay) {
        sgd(parameters, gradients, velocities, lr, momentum, weightDecay, false);
    }

    /**
     * The same, with a choice.
     *
     * @param nesterov whether p moves by {@code g + momentum * v} instead of v (Sutskever et al., 2013, section 2)
     */
    public static void sgd(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> velocities,
            double lr,
            double momentum,
            double weightDecay,
            boolean nesterov) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            SGD.call(
                    list(parameters),
                    list(gradients),
                    // without momentum the kernel refuses to be given any
                    list(momentum == 0 ? List.of() : velocities),
                    new IValue(weightDecay),
                    new IValue(momentum),
                    new IValue(lr),
                    new IValue(0.0),
                    new IValue(nesterov),
                    new IValue(false),
                    new IValue(false),
                    new IValue(),
                    new IValue());
        }
    }

    /**
     * One step of Adam (Kingma and Ba 2015, algorithm 1), in place, without weight decay. Each gradient and moment must be
     * laid out in memory as its parameter is.
     *
     * @param parameters θ
     * @param gradients g, unchanged
     * @param first m, zeros before the first step
     * @param second v, zeros before the first step
     * @param t the step, from 1
     */
    public static void adam(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> first,
            List<Tensor> second,
            long t,
            double lr,
            double beta1,
            double beta2,
            double epsilon) {
        adam(ADAM, parameters, gradients, first, second, t, lr, beta1, beta2, 0, epsilon);
    }

    /**
     * One step of AdamW (Loshchilov and Hutter 2019, algorithm 2), in place: {@code p *= 1 - lr * weightDecay}, then Adam's step.
     * As {@link #adam} otherwise.
     */
    public static void adamW(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> first,
            List<Tensor> second,
            long t,
            double lr,
            double beta1,
            double beta2,
            double weightDecay,
            double epsilon) {
        adam(ADAMW, parameters, gradients, first, second, t, lr, beta1, beta2, weightDecay, epsilon);
    }

    private static void adam(
            Operator kernel,
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> first,
            List<Tensor> second,
            long t,
            double lr,
            double beta1,
            double beta2,
            double weightDecay,
            double epsilon) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor step = torch.scalar_tensor(new Scalar((double) t))
                    .to(parameters.get(0).device(), ScalarType.Float);
            kernel.call(
                    list(parameters),
                    list(gradients),
                    list(first),
                    list(second),
                    list(List.of()),
                    list(Collections.nCopies(parameters.size(), step)),
                    new IValue(lr),
                    new IValue(beta1),
                    new IValue(beta2),
                    new IValue(weightDecay),
                    new IValue(epsilon),
                    new IValue(false),
                    new IValue(false),
                    new IValue(),
                    new IValue());
        }
    }

    /**
     * The Euclidean norm of all values of all tensors together, without waiting for the device.
     *
     * @param tensors at least one
     * @return a scalar of their type, in the caller's scope
     */
    public static Tensor norm(List<Tensor> tensors) {
        return norms(tensors).norm();
    }

    /**
     * The Euclidean norm of each tensor, without waiting for the device.
     *
     * @param tensors N of them, at least one
     * @return (N), of their type, in the caller's scope, without gradient
     */
    public static Tensor norms(List<Tensor> tensors) {
        try (NoGradGuard guard = new NoGradGuard()) {
            IValueVector norms = NORM.call(list(tensors), new IValue(new Scalar(2)), new IValue());
            return torch.stack(norms.get(0).toTensorVector());
        }
    }

    /**
     * {@code self = factor * self + weight * other} for each tensor, in place, without gradients.
     *
     * @param self N tensors to change
     * @param factors (N), one for each
     * @param other as many tensors of the same shapes
     * @param weights (N), one for each
     */
    public static void scaleAndAdd(List<Tensor> self, Tensor factors, List<Tensor> other, Tensor weights) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            MUL.call(list(self), list(scalars(factors)));
            ADDCMUL.call(list(self), list(other), list(scalars(weights)), new IValue(new Scalar(1)));
        }
    }

    /**
     * {@code self *= factor} for each tensor, in place, without gradients.
     *
     * @param self N tensors to change
     * @param factors (N), one for each
     */
    public static void scale(List<Tensor> self, Tensor factors) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            MUL.call(list(self), list(scalars(factors)));
        }
    }

    /**
     * {@code self *= inverse} for each tensor, in place, and whether all of it was finite.
     *
     * @param self gradients, of float32 or float64
     * @param found (1) of float32, set to 1 where a value is infinite or no number, otherwise left alone
     * @param inverse (1) of float32
     */
    public static void unscale(List<Tensor> self, Tensor found, Tensor inverse) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            UNSCALE.call(list(self), new IValue(found), new IValue(inverse));
        }
    }

    /**
     * The scale after a step, in place: half where something was found, double after an interval without.
     *
     * @param scale (1) of float32
     * @param goodSteps (1) of int32, steps since the scale last changed
     * @param found (1) of float32, 0 for a good step
     */
    public static void updateScale(Tensor scale, Tensor goodSteps, Tensor found, long interval) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            UPDATE_SCALE.call(
                    new IValue(scale),
                    new IValue(goodSteps),
                    new IValue(found),
                    new IValue(2.0),
                    new IValue(0.5),
                    new IValue(interval));
        }
    }

    private static List<Tensor> scalars(Tensor values) {
        List<Tensor> scalars = new ArrayList<>();
        for (long i = 0; i < values.size(0); i++) {
            scalars.add(values.select(0, i));
        }
        return scalars;
    }

    private static IValue list(List<Tensor> tensors) {
        GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
        list.reserve(tensors.size());
        for (Tensor tensor : tensors) {
            list.push_back(new IValue(tensor));
        }
        return new IValue(list);
    }
}
