/** Data sets, samplers and the loader that turns them into batches of tensors. */
@NullMarked
package io.juxta.data;

import org.jspecify.annotations.NullMarked;
