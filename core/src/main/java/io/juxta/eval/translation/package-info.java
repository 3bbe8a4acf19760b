/**
 * How near translated images are to what they should look like: the kernel distance (Binkowski et al., 2018, arXiv 1801.01401) and
 * the Frechet distance (Heusel et al., 2017, arXiv 1706.08500) of two sets of images, and L1, PSNR and SSIM (Wang et al., 2004) of
 * pairs.
 *
 * <p>Features are the colours of reduced images or those of an encoder, and named with every figure: no Inception network comes
 * along, so these are not the distances that papers print.
 */
@NullMarked
package io.juxta.eval.translation;

import org.jspecify.annotations.NullMarked;
