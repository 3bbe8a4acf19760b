package io.juxta.train;

import org.apiguardian.api.API;

/** The learning rate as a function of where a run stands. */
@API(status = API.Status.INTERNAL)
@FunctionalInterface
public interface Schedule {
    /**
     * The rate of one step.
     *
     * @param epoch from 0
     * @param batch the step's place in its epoch, from 0
     * @param batches steps in an epoch
     * @param epochs epochs in the run
     */
    double at(int epoch, int batch, int batches, int epochs);
}
