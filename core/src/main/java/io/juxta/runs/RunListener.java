package io.juxta.runs;

import org.apiguardian.api.API;

/** Told how a run goes on, in the run's thread; of several processes only the first one's is told. */
@API(status = API.Status.EXPERIMENTAL)
public interface RunListener extends WorkListener {
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
