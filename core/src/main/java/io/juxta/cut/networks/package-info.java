/**
 * What CUT is made of: generators, whose first layers are also the encoder of patches, discriminators, and the projection of
 * patches (Park et al., 2020, appendix C.1; Johnson et al., 2016 for the generator, Isola et al., 2017 for the discriminator).
 * They are rows of layers under the names of the original's checkpoints, so that its weights fit.
 *
 * <p>Sides of images are to be multiples of what the generator halves them by.
 */
@NullMarked
package io.juxta.cut.networks;

import org.jspecify.annotations.NullMarked;
