/**
 * Whether a run goes well: figures of embeddings each epoch, and what to make of them in words, with the recipe's keys to
 * change. Bounds are stated with the runs that they rest on; too early is a verdict too.
 */
@NullMarked
package io.juxta.train.health;

import org.jspecify.annotations.NullMarked;
