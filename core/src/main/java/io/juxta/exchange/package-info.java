/** Trained networks for and from other programs. */
@NullMarked
package io.juxta.exchange;

import org.jspecify.annotations.NullMarked;
