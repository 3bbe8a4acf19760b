package io.juxta;

import io.juxta.torch.Precision;
import org.apiguardian.api.API;

/**
 * Options of a {@link Detector}.
 *
 * @param leastScore what is less sure is left out, at least 0 and below 1; 0.5 by default. Nothing comes below the least score
 *     that the detector's recipe has (0.05 as a rule)
 * @param batchSize the most pictures computed at once, 8; only those that have the same size for the network share a
 *     computation, and it does not change what is found but for rounding
 * @param device {@code cpu}, {@code cuda:N} or {@code auto} (the default): the first CUDA device where there is one
 * @param precision that features are computed in: {@link Precision#FLOAT32} (the default); boxes and scores are always
 *     computed from float32
 */
@API(status = API.Status.STABLE)
public record DetectionOptions(double leastScore, int batchSize, String device, Precision precision) {
    private static final int MOST = 256;

    public DetectionOptions {
        if (!(leastScore >= 0 && leastScore < 1)) {
            throw new IllegalArgumentException("least score " + leastScore + " must be at least 0 and below 1");
        }
        if (batchSize < 1 || batchSize > MOST) {
            throw new IllegalArgumentException("batch size " + batchSize + " must be from 1 to " + MOST);
        }
    }

    /** What is surer than not, at most 8 pictures at once, on whatever device there is. */
    public static DetectionOptions defaults() {
        return new DetectionOptions(0.5, 8, "auto", Precision.FLOAT32);
    }

    public DetectionOptions withLeastScore(double leastScore) {
        return new DetectionOptions(leastScore, batchSize, device, precision);
    }

    public DetectionOptions withBatchSize(int batchSize) {
        return new DetectionOptions(leastScore, batchSize, device, precision);
    }

    public DetectionOptions withDevice(String device) {
        return new DetectionOptions(leastScore, batchSize, device, precision);
    }

    public DetectionOptions withPrecision(Precision precision) {
        return new DetectionOptions(leastScore, batchSize, device, precision);
    }
}
