/**
 * What an encoder is worth: its features, nearest neighbours among them, and a linear classifier on them;
 * and how near translated images are to what they should look like.
 */
@NullMarked
package io.juxta.eval;

import org.jspecify.annotations.NullMarked;
