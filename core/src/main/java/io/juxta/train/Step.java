package io.juxta.train;

import java.util.List;
import org.apiguardian.api.API;

/**
 * The place of a step in its run.
 *
 * @param epoch from 0
 * @param iteration steps of the whole run before this one
 * @param iterations steps of the whole run
 * @param lr learning rate
 * @param images places in the data set of the batch's images, in their order
 */
@API(status = API.Status.INTERNAL)
public record Step(int epoch, long iteration, long iterations, double lr, List<Integer> images) {
    public Step {
        images = List.copyOf(images);
    }

    /** A step for a method that asks neither for the epoch nor for the images. */
    public Step(long iteration, long iterations, double lr) {
        this(0, iteration, iterations, lr, List.of());
    }

    /** From 0 at the first step towards 1 at the end. */
    public double progress() {
        return iterations == 0 ? 0 : (double) iteration / iterations;
    }
}
