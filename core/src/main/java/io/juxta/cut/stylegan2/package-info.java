/**
 * SinCUT's generator and discriminator, made of StyleGAN2's layers (Karras et al., 2020, arXiv 1912.04958, appendix B):
 * weights of unit variance scaled when they are used, leaky units with a bias of their own, binomial low passes around every
 * change of size, noise that is drawn by place.
 *
 * <p>There is no mapping network: as in the original SinCUT every style is 1.
 */
@NullMarked
package io.juxta.cut.stylegan2;

import org.jspecify.annotations.NullMarked;
