/**
 * What an encoder is worth by nearest neighbours: each held-out image is named by the training images most like it, each
 * voting by exp(cosine / T), as MoCo's CIFAR-10 notebook does it after Wu et al., 2018 (arXiv 1805.01978). Between epochs by
 * {@code KnnMonitor}, at the end by {@code Knn}; beside what raw pixels and an untrained encoder reach.
 *
 * <p>Neighbours are exact. All features of the training images are in memory, 4 bytes a value.
 */
@NullMarked
package io.juxta.eval.neighbours;

import org.jspecify.annotations.NullMarked;
