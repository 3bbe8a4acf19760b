/**
 * The lifecycle of libtorch: device, threads, seeds, layers without traps, fused kernels. {@code Tensor} is the currency of all
 * rooms; it belongs to a {@code PointerScope}, and whatever must outlive that is made outside and closed by its owner.
 */
@NullMarked
package io.juxta.torch;

import org.jspecify.annotations.NullMarked;
