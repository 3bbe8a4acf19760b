/**
 * Named tensors on disk, and the names that other programs give them. Safetensors are written beside their place, forced to
 * the disk and moved there; what is read is checked against the file's size before memory is taken.
 */
@NullMarked
package io.juxta.weights;

import org.jspecify.annotations.NullMarked;
