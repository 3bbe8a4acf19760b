/** A run is a folder: its checkpoints, its metrics, what it delivers, and what makes it the same run. */
@NullMarked
package io.juxta.train.run;

import org.jspecify.annotations.NullMarked;
