/** Python's pickles read as data: nothing in them is ever called. */
@NullMarked
package io.juxta.weights.pickle;

import org.jspecify.annotations.NullMarked;
