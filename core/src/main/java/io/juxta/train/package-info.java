/** What every method shares: recipes, the learner, the loop, schedules, optimisers, checkpoints and the run's folder. */
@NullMarked
package io.juxta.train;

import org.jspecify.annotations.NullMarked;
