/** The lifecycle of libtorch: device, threads, seeds, layers without traps, fused kernels. */
@NullMarked
package io.juxta.torch;

import org.jspecify.annotations.NullMarked;
