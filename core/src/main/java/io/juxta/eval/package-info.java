/** What an encoder is worth: its features, nearest neighbours among them, and a linear classifier on them. */
@NullMarked
package io.juxta.eval;

import org.jspecify.annotations.NullMarked;
