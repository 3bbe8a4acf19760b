/**
 * A run is a folder: its checkpoints, its metrics, what it delivers, and what makes it the same run. Every file is written beside
 * its place, forced to the disk and moved there: a run killed at any moment goes on bit for bit on a CPU. A checkpoint of another
 * recipe or of other images is refused.
 */
@NullMarked
package io.juxta.train.run;

import org.jspecify.annotations.NullMarked;
