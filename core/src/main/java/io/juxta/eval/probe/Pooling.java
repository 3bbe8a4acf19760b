package io.juxta.eval.probe;

import io.juxta.backbone.EncoderNetwork;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a linear classifier sees of an encoder's map of features (N, C, h, w). */
enum Pooling {
    /** Its average over the whole picture: D = C. */
    GLOBAL(1) {
        @Override
        Tensor of(EncoderNetwork encoder, Tensor images) {
            return encoder.pooled(images);
        }
    },
    /**
     * Averages over the four windows that are a place smaller than the map each way, as SwAV's eval_linear.py takes them
     * without global pooling: windows of 6 x 6 in a map of 7 x 7. D = 4 C, the four of a channel side by side.
     */
    FOUR_WINDOWS(4) {
        @Override
        Tensor of(EncoderNetwork encoder, Tensor images) {
            Tensor map = encoder.map(images);
            if (map.size(2) < 2 || map.size(3) < 2) {
                throw new IllegalArgumentException(
                        "probe-global-pooling false needs maps of features of at least 2 x 2, "
                                + "images of " + images.size(3) + " px give " + map.size(3) + " x " + map.size(2)
                                + ": leave it out");
            }
            long[] window = {map.size(2) - 1, map.size(3) - 1};
            Tensor four = torch.avg_pool2d(map, window, ONE, NONE, false, true, new LongOptional());
            return torch.flatten(four, 1, -1);
        }
    };

    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};

    private final int values;

    Pooling(int values) {
        this.values = values;
    }

    /** Images (N, 3, H, W) to (N, D). */
    abstract Tensor of(EncoderNetwork encoder, Tensor images);

    /** D, of an encoder of C channels. */
    int width(EncoderNetwork encoder) {
        return values * encoder.features();
    }

    /** C, of a feature of D values. */
    int channels(int width) {
        return width / values;
    }
}
