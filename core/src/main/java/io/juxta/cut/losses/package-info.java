/**
 * What CUT's step adds up, as functions of scores, images or embeddings: PatchNCE (Park et al., 2020, section 3), the losses
 * of adversaries (least squares, cross-entropy, Wasserstein, hinge), and two penalties on a discriminator's gradient (R1:
 * Mescheder et al., 2018; Gulrajani et al., 2017). None has a state, and none knows the recipe.
 */
@NullMarked
package io.juxta.cut.losses;

import org.jspecify.annotations.NullMarked;
