/**
 * Pictures by the million on Apache Spark: a column of bytes becomes a column of embeddings, and pictures that are nearly the same
 * are found among all of them.
 *
 * <p>{@link io.juxta.spark.SparkEmbedder} is a transformation like any other of Spark's: pure, so that what is computed a second time, after a
 * failure or speculatively, gives the same bits. The encoder lies once in each executor's JVM, outside of its heap. Pictures that cannot
 * be read stay rows, with the reason.
 *
 * <p>{@link io.juxta.spark.NearDuplicates} compares only what shares a block of random projections (Charikar, Similarity estimation
 * techniques from rounding algorithms, STOC 2002), and says with what probability it finds a pair.
 */
@NullMarked
package io.juxta.spark;

import org.jspecify.annotations.NullMarked;
