/**
 * Momentum Contrast, versions 1 and 2 (He et al., 2020, arXiv 1911.05722; Chen et al., 2020, arXiv 2003.04297): an encoder learns to
 * tell, among the keys of a queue, the one that a slowly moving copy of it makes of another view of the same image.
 *
 * <p>Batch norms work in groups of the batch, and keys are shuffled over the groups, so that one device computes what eight do.
 * Losses, gradients and states are those of the original program.
 */
@NullMarked
package io.juxta.moco;

import org.jspecify.annotations.NullMarked;
