/**
 * Which images are like which: embeddings with names, in files that other programs read, and the nearest among them by cosine.
 *
 * <p>Search is exact, a product of matrices; a million embeddings of 512 values are 2 GB and take tens of milliseconds a query.
 */
@NullMarked
package io.juxta.search;

import org.jspecify.annotations.NullMarked;
