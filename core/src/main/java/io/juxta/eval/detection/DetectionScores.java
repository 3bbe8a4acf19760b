package io.juxta.eval.detection;

import java.util.Map;
import org.apiguardian.api.API;

/**
 * Average precision, in percent. The arrays are not copied and must not be changed.
 *
 * @param ap the mean over IoU thresholds from 0.50 to 0.95; NaN where no class has an object that counts
 * @param ap50 at 0.50
 * @param ap75 at 0.75
 * @param ofClass the mean over thresholds of each class; NaN for one without an object that counts, which has no part in the
 *     means
 * @param ofClass50 the same at 0.50
 * @param more further figures of a metric, in percent, by its names for them
 */
@API(status = API.Status.INTERNAL)
@SuppressWarnings("ArrayRecordComponent")
public record DetectionScores(
        double ap, double ap50, double ap75, double[] ofClass, double[] ofClass50, Map<String, Double> more) {}
