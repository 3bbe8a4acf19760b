package io.juxta.eval.probe;

import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Multinomial logistic regression on features that are there already: the linear classifier that is best on them, whatever the
 * seed, since the loss (mean cross entropy and half of {@code decay} times the squared weights) is convex. Found by Nesterov's
 * accelerated gradient with restarts (O'Donoghue and Candes, 2015). Features are first centred and brought to a mean squared
 * length of 1, so that the decay means the same for all of them, whatever their number.
 *
 * <pre>{@code
 * try (SoftmaxRegression classifier = SoftmaxRegression.fit(train, labels, 10, SoftmaxRegression.decay(500))) {
 *     Tensor scores = classifier.scores(test);
 * }
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class SoftmaxRegression implements AutoCloseable {
    private static final int STEPS = 400;
    /** Of the gradient's largest value, where it ends. */
    private static final double SMALL = 1e-5;

    private final Tensor weights;
    private final Tensor mean;
    private final double scale;

    private SoftmaxRegression(Tensor weights, Tensor mean, double scale) {
        this.weights = weights;
        this.mean = mean;
        this.scale = scale;
    }

    /** A decay for n observations, 0.1 / n: best, or near it, for 50 to 5,000 labels of CIFAR-10 on features of an encoder. */
    public static double decay(long n) {
        return 0.1 / Math.max(1, n);
    }

    /**
     * Fits a classifier.
     *
     * @param features float (N, D), N at least 1
     * @param labels int64 (N), from 0 to {@code classes - 1}
     * @param decay above 0
     */
    public static SoftmaxRegression fit(Tensor features, Tensor labels, int classes, double decay) {
        if (!(decay > 0)) {
            throw new IllegalArgumentException("decay " + decay + " must be above 0");
        }
        if (features.size(0) < 1 || features.size(0) != labels.size(0)) {
            throw new IllegalArgumentException(
                    features.size(0) + " features and " + labels.size(0) + " labels do not fit together");
        }
        Tensor weights = new Tensor(); // slots of the caller's scope
        Tensor mean = new Tensor();
        double scale;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            mean.put(features.mean(new long[] {0}, true, new ScalarTypeOptional()));
            Tensor centred = features.sub(mean);
            double square = centred.square().sum().item_double() / features.size(0);
            scale = square > 0 ? 1 / Math.sqrt(square) : 1;
            Tensor x = withOne(centred.mul(new Scalar(scale)));
            Tensor wanted = torch.one_hot(labels, classes).to(x.scalar_type());
            weights.put(descend(x, wanted, decay));
        }
        return new SoftmaxRegression(weights, mean, scale);
    }

    private static Tensor descend(Tensor x, Tensor wanted, double decay) {
        double n = x.size(0);
        double step = 1 / (0.5 * largest(x) / n + decay);
        Tensor w = torch.zeros(new long[] {x.size(1), wanted.size(1)}, x.options());
        Tensor ahead = w.clone();
        Tensor decayed = torch.ones(new long[] {x.size(1), 1}, x.options());
        decayed.select(0, x.size(1) - 1).zero_(); // biases are free
        double t = 1;
        for (int i = 0; i < STEPS; i++) {
            try (PointerScope scope = new PointerScope()) {
                Tensor error = x.matmul(ahead).softmax(1).sub(wanted); // N x C
                Tensor gradient = x.t().matmul(error)
                        .div(new Scalar(n))
                        .add(ahead.mul(decayed).mul(new Scalar(decay))); // D x C
                if (gradient.abs().max().item_double() < SMALL) {
                    break;
                }
                Tensor next = ahead.sub(gradient.mul(new Scalar(step)));
                Tensor moved = next.sub(w);
                boolean uphill = gradient.mul(moved).sum().item_double() > 0;
                double faster = uphill ? 1 : (1 + Math.sqrt(1 + 4 * t * t)) / 2;
                double momentum = uphill ? 0 : (t - 1) / faster;
                ahead.copy_(next.add(moved.mul(new Scalar(momentum))));
                w.copy_(next);
                t = faster;
            }
        }
        return w;
    }

    /** The largest eigenvalue of {@code x' x}, from above as near as thirty steps of the power method come. */
    private static double largest(Tensor x) {
        Tensor v = torch.ones(new long[] {x.size(1)}, x.options());
        double value = 0;
        for (int i = 0; i < 30; i++) {
            Tensor next = x.t().mv(x.mv(v));
            value = next.norm().item_double();
            v = next.div(new Scalar(Math.max(1e-30, value)));
        }
        return 1.05 * value;
    }

    private static Tensor withOne(Tensor x) {
        return torch.cat(new TensorVector(x, torch.ones(new long[] {x.size(0), 1}, x.options())), 1);
    }

    /** The higher the likelier: (N, C), whose softmax are probabilities; in the caller's scope. */
    public Tensor scores(Tensor features) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return withOne(features.sub(mean).mul(new Scalar(scale))).matmul(weights);
        }
    }

    /** Frees the classifier. */
    @Override
    public void close() {
        weights.close();
        mean.close();
    }
}
