/**
 * Images that are too large to be passed through a generator as a whole. A chain of layers, each of which says how far it
 * reaches, passes some rows at a time with as many more above and below as these depend on; an instance norm is given the
 * moments of the whole image, which an earlier pass over all strips has measured (Chan et al., 1979 for their sums).
 *
 * <p>The result is that of the whole image but for rounding. Strips are rows at full width: an image of immense width gains
 * nothing.
 */
@NullMarked
package io.juxta.cut.strips;

import org.jspecify.annotations.NullMarked;
