/**
 * Methods that compare two views of an image by one encoder with a projector, without a queue and without clusters: SimCLR (Chen et
 * al. 2020, arXiv 2002.05709), Barlow Twins (Zbontar et al., 2021, arXiv 2103.03230), VICReg (Bardes et al., 2022, arXiv
 * 2105.04906), SimSiam (Chen and He 2021, arXiv 2011.10566), BYOL (Grill et al., 2020, arXiv 2006.07733) and MoCo v3 (Chen, Xie
 * and He 2021, arXiv 2104.02057).
 *
 * <p>One learner, {@link io.juxta.siamese.Siamese}, trains them all: what they differ in is a loss, a static function over
 * tensors, and a recipe. A predictor, and a target that follows the encoder slowly, are there where a method has them.
 *
 * <p>Losses, gradients and states are those of the authors' programs, at any number of processes.
 */
@NullMarked
package io.juxta.siamese;

import org.jspecify.annotations.NullMarked;
