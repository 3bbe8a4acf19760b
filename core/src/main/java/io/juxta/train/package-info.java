/**
 * What every method shares: the learner, the loop, schedules and optimisers. Recipes are read in {@code recipe}, a run's
 * folder and its checkpoints lie in {@code run}, {@code health} examines it, {@code log} tells of it.
 */
@NullMarked
package io.juxta.train;

import org.jspecify.annotations.NullMarked;
