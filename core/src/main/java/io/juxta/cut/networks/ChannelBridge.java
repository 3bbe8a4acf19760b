package io.juxta.cut.networks;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Brings images of one domain to the channels of the other, without weights: where the domains have different channels,
 * the encoder, which is the source domain's, has to see both. One channel is the luma of three, and their mean where
 * there are other than three; several channels are copies of one; otherwise the first channels stay, and those that are
 * wanting are full, as an alpha channel is.
 */
@API(status = API.Status.INTERNAL)
public final class ChannelBridge {
    /** ITU-R 601, as grey is made of colour everywhere here. */
    private static final double[] LUMA = {0.299, 0.587, 0.114};

    private final long from;
    private final long to;

    public ChannelBridge(int from, int to) {
        this.from = from;
        this.to = to;
    }

    /** (N, from, H, W) to (N, to, H, W), values from -1 to 1; the same tensor where nothing is to be done. */
    public Tensor forward(Tensor x) {
        if (from == to) {
            return x;
        }
        if (to == 1) {
            return from == LUMA.length
                    ? luma(x)
                    : x.mean(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
        }
        if (from == 1) {
            return x.expand(x.size(0), to, x.size(2), x.size(3));
        }
        if (from > to) {
            return x.narrow(1, 0, to);
        }
        Tensor full = torch.ones_like(x.narrow(1, 0, 1)).expand(x.size(0), to - from, x.size(2), x.size(3));
        return torch.cat(new TensorVector(x, full), 1);
    }

    private static Tensor luma(Tensor x) {
        Tensor y = x.narrow(1, 0, 1).mul(new Scalar(LUMA[0]));
        for (int channel = 1; channel < LUMA.length; channel++) {
            y = y.add(x.narrow(1, channel, 1).mul(new Scalar(LUMA[channel])));
        }
        return y;
    }
}
