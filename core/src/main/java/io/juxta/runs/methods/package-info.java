/**
 * What a recipe's method brings to a run, so that a run is put together alike for all of them: its records, its learner, its
 * views, what it begins from, whether its images can be judged between epochs, and what it will take of the memory.
 */
@NullMarked
package io.juxta.runs.methods;

import org.jspecify.annotations.NullMarked;
