/**
 * Learning by comparing assignments to prototypes: SwAV and DeepCluster-v2 (Caron et al., 2020, arXiv 2006.09882). Views of an image
 * predict each other's cluster, which SwAV assigns within the batch by Sinkhorn and DeepCluster-v2 among all images by
 * spherical k-means once an epoch.
 *
 * <p>Assignments are of the global batch, whatever the number of processes. A prototype needs images of its own: recipes with
 * more prototypes than images are refused.
 */
@NullMarked
package io.juxta.swav;

import org.jspecify.annotations.NullMarked;
