/**
 * Data sets, and the loader that turns them into batches of tensors: decoded once, made into views by threads of its own in a
 * bounded ring, so that no step waits and no copy is made between. What cannot be read is counted and named; above one in a hundred
 * the work ends.
 */
@NullMarked
package io.juxta.data;

import org.jspecify.annotations.NullMarked;
