/** What a learner is, and all that one run of it needs: recipe, loop, schedules, optimisers, checkpoints, run log. */
@NullMarked
package io.juxta.train;

import org.jspecify.annotations.NullMarked;
