/**
 * DINO (Caron et al., 2021, "Emerging properties in self-supervised vision transformers", arXiv 2104.14294): a student predicts, from
 * crops of an image, what a slow copy of it, the teacher, makes of other crops. Nothing is compared with other images; that all
 * images are told apart comes of two opposites, centring and sharpening of the teacher's outputs.
 *
 * <p>{@link io.juxta.dino.Dino} is the method, {@link io.juxta.dino.SelfDistillation} its loss. The encoder that a run delivers is the
 * teacher. Losses, gradients and states are those of the authors' program, at any number of processes.
 */
@NullMarked
package io.juxta.dino;

import org.jspecify.annotations.NullMarked;
