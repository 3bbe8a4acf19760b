/**
 * Learning by comparing assignments to prototypes: SwAV and DeepCluster-v2 (Caron et al. 2020, arXiv 2006.09882).
 */
@NullMarked
package io.juxta.swav;

import org.jspecify.annotations.NullMarked;
