package io.juxta.runs;

import java.util.function.Consumer;
import org.apiguardian.api.API;

/** Told how a run goes on, in the run's thread; of several processes only the first one's is told. */
@API(status = API.Status.EXPERIMENTAL)
public interface RunListener extends WorkListener {
    /**
     * Told in lines: every note, every epoch with its figures, and what is wrong.
     *
     * @param line for example {@code System.out::println}
     */
    static RunListener lines(Consumer<String> line) {
        return new RunLines(line, (task, unit, total) -> Progress.none());
    }

    /** A step is done. */
    default void step(StepReport step) {}

    /**
     * An epoch's last step is done; it is judged and saved now.
     *
     * @param epoch from 1
     */
    default void judging(int epoch, int epochs) {}

    /** An epoch is done, judged and saved. */
    default void epoch(EpochReport epoch) {}

    /** The run is over: finished, stopped or failed, as {@link Run#await} tells. In each process. */
    default void ended() {}
}
