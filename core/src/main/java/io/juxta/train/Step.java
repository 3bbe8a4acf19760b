package io.juxta.train;

/**
 * The place of a step in its run.
 *
 * @param iteration steps of the whole run before this one
 * @param iterations steps of the whole run
 * @param lr learning rate
 */
public record Step(long iteration, long iterations, double lr) {
    /** From 0 at the first step towards 1 at the end. */
    public double progress() {
        return iterations == 0 ? 0 : (double) iteration / iterations;
    }
}
