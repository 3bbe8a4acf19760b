package io.juxta.cut.strips;

import org.apiguardian.api.API;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Mean and variance of each channel of one image, of which strips come one after the other; then instance norm by them. */
@API(status = API.Status.INTERNAL)
public final class Moments implements RowSource.Sink, Chain.Layer {
    /** What instance norm adds to a variance. */
    public static final double EPSILON = 1e-5;

    private static final long[] PLACES = {0, 2, 3};

    private final double[] mean;
    /** Sums of squared deviations from the mean. */
    private final double[] squares;

    private long count;

    Moments(int channels) {
        mean = new double[channels];
        squares = new double[channels];
    }

    /**
     * Adds places that have not been added yet (Chan et al., 1979, "Updating formulae and a pairwise algorithm for computing
     * sample variances").
     *
     * @param strip (1, C, h, W), which is overwritten
     */
    @Override
    public void accept(long from, Tensor strip) {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = isShort(strip) ? strip.to(ScalarType.Float) : strip;
            long more = x.size(2) * x.size(3);
            Tensor centre = x.mean(PLACES, true, new ScalarTypeOptional());
            double[] means = values(centre);
            double[] deviations = values(x.sub_(centre).square_().sum(PLACES, true, new ScalarTypeOptional()));
            double share = (double) more / (count + more);
            for (int c = 0; c < mean.length; c++) {
                double shift = means[c] - mean[c];
                mean[c] += shift * share;
                squares[c] += deviations[c] + shift * shift * count * share;
            }
            count += more;
        }
    }

    private double[] values(Tensor channels) {
        double[] values = new double[mean.length];
        DoublePointer data = channels.cpu().to(ScalarType.Double).contiguous().data_ptr_double();
        data.get(values);
        return values;
    }

    /** Instance norm by these statistics. */
    @Override
    public Tensor forward(Tensor x) {
        double[] scale = new double[mean.length];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = 1 / Math.sqrt(squares[c] / count + EPSILON);
        }
        if (isShort(x)) {
            // the mean of a short type would be short of digits
            Tensor whole = x.to(ScalarType.Float);
            return whole.sub_(tensor(mean, whole)).mul_(tensor(scale, whole)).to(x.scalar_type());
        }
        return x.sub(tensor(mean, x)).mul_(tensor(scale, x));
    }

    private static boolean isShort(Tensor x) {
        return x.element_size() < Float.BYTES;
    }

    private static Tensor tensor(double[] values, Tensor like) {
        return Tensor.create(values, 1, values.length, 1, 1).to(like.device(), like.scalar_type());
    }
}
