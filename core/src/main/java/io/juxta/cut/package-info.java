/**
 * Contrastive unpaired translation: CUT, FastCUT and SinCUT (Park et al., 2020, arXiv 2007.15651). A generator learns from a
 * discriminator what the other domain looks like, and from PatchNCE that a patch of its output should know its own place in
 * the source among others. What is here learns and translates; networks, losses and options lie in rooms of their own.
 *
 * <p>Training takes squares of one size; a trained generator translates images of any size, large ones in strips that give
 * the same pixels.
 */
@NullMarked
package io.juxta.cut;

import org.jspecify.annotations.NullMarked;
