/** Trained networks for other programs. */
@NullMarked
package io.juxta.export;

import org.jspecify.annotations.NullMarked;
