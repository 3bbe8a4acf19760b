/**
 * How clusters of images go with their classes: normalised mutual information and the adjusted Rand index (Hubert and Arabie
 * 1985), and how images spread over the clusters. Images without a class, or that could not be read, do not count.
 */
@NullMarked
package io.juxta.eval.clusters;

import org.jspecify.annotations.NullMarked;
