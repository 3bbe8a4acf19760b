package io.juxta.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * Where a run stands between two steps. All randomness is a function of the seed and of this, so there are no random
 * states to keep.
 *
 * @param epoch finished epochs
 * @param batch finished steps of the epoch after them
 * @param sums of those steps' metrics, by name
 * @param seconds that those steps took
 * @param waited how many of the seconds were spent waiting for the loader
 */
@API(status = API.Status.INTERNAL)
public record Position(int epoch, int batch, Map<String, Double> sums, double seconds, double waited) {
    /** Before the first step. */
    public static final Position START = afterEpochs(0);

    public Position {
        sums = Collections.unmodifiableMap(new LinkedHashMap<>(sums));
        if (epoch < 0 || batch < 0) {
            throw new IllegalArgumentException("epoch " + epoch + ", batch " + batch + " must be at least 0");
        }
    }

    /** Between two epochs. */
    public static Position afterEpochs(int epochs) {
        return new Position(epochs, 0, Map.of(), 0, 0);
    }

    /** Whether nothing has been learned yet. */
    public boolean isStart() {
        return epoch == 0 && batch == 0;
    }

    /** One step on. */
    Position after(Map<String, Double> metrics, double seconds, double waited) {
        Map<String, Double> more = new LinkedHashMap<>(sums);
        metrics.forEach((name, value) -> more.merge(name, value, Double::sum));
        return new Position(epoch, batch + 1, more, this.seconds + seconds, this.waited + waited);
    }

    /** Means over the epoch's steps so far. */
    Map<String, Double> means() {
        Map<String, Double> means = new LinkedHashMap<>();
        sums.forEach((name, sum) -> means.put(name, sum / batch));
        return means;
    }

    /** The same place, whatever the clock said. */
    public boolean isAt(Position other) {
        return epoch == other.epoch && batch == other.batch;
    }
}
