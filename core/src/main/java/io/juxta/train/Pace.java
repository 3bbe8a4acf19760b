package io.juxta.train;

import java.util.Map;
import java.util.function.LongSupplier;
import org.apiguardian.api.API;

/**
 * How fast a run goes, and how long it will still take: for those who watch it. It is told every step.
 *
 * <p>What is left of an epoch is its steps at the mean time of those that this process has done; what is left of the run
 * is all steps and, for each epoch, what passed between the last ones (judging, saving).
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Pace {
    private final int epochs;
    private final int stepsPerEpoch;
    private final int batchSize;
    private final LongSupplier clock;
    private Position before;
    private long startedNanos;
    private double seconds;
    private long steps;
    private int epochsDone;

    /**
     * Where a run stands.
     *
     * @param epoch the one that it is at, from 1
     * @param step how many are done of the epoch
     * @param loss of the last step
     * @param imagesPerSecond the epoch's mean
     * @param waitingShare of the epoch's time, from 0 to 1, that was spent waiting for data
     * @param epochSecondsLeft until the epoch's last step
     * @param runSecondsLeft until the last epoch is judged and saved
     */
    public record Now(
            int epoch,
            int epochs,
            int step,
            int steps,
            double loss,
            double imagesPerSecond,
            double waitingShare,
            double epochSecondsLeft,
            double runSecondsLeft) {}

    /**
     * @param from where the run begins
     * @param stepsPerEpoch steps of an epoch
     */
    public Pace(TrainingOptions options, int stepsPerEpoch, Position from) {
        this(options.epochs(), stepsPerEpoch, options.batchSize(), from, System::nanoTime);
    }

    /** @param clock in nanoseconds */
    Pace(int epochs, int stepsPerEpoch, int batchSize, Position from, LongSupplier clock) {
        this.epochs = epochs;
        this.stepsPerEpoch = stepsPerEpoch;
        this.batchSize = batchSize;
        this.clock = clock;
        before = from;
    }

    /**
     * Counts a step.
     *
     * @param after where the run stands then
     * @param metrics of the step
     */
    public Now step(Position after, Map<String, Double> metrics) {
        boolean sameEpoch = after.epoch() == before.epoch();
        double took = after.seconds() - (sameEpoch ? before.seconds() : 0);
        long now = clock.getAsLong();
        if (steps == 0) {
            startedNanos = now - Math.round(1e9 * took);
        }
        epochsDone += sameEpoch ? 0 : 1;
        seconds += took;
        steps++;
        before = after;
        double perStep = seconds / steps;
        double between = epochsDone == 0 ? 0 : Math.max(0, (now - startedNanos) / 1e9 - seconds) / epochsDone;
        int epochsLeft = epochs - after.epoch() - 1;
        double epochLeft = (stepsPerEpoch - after.batch()) * perStep;
        return new Now(
                after.epoch() + 1,
                epochs,
                after.batch(),
                stepsPerEpoch,
                metrics.getOrDefault("loss", Double.NaN),
                (double) after.batch() * batchSize / Math.max(1e-9, after.seconds()),
                after.waited() / Math.max(1e-9, after.seconds()),
                epochLeft,
                epochLeft + epochsLeft * stepsPerEpoch * perStep + (epochsLeft + 1) * between);
    }
}
