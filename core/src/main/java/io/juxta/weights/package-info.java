/** Named tensors on disk, and the names that other programs give them. */
@NullMarked
package io.juxta.weights;

import org.jspecify.annotations.NullMarked;
