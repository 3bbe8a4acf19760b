/** Whether a run goes well: figures of embeddings each epoch, and what to make of them. */
@NullMarked
package io.juxta.train.health;

import org.jspecify.annotations.NullMarked;
