/**
 * What an encoder is worth to a classifier: a linear one on its frozen features, by the protocol of MoCo (He et al., 2020,
 * section 4.1) or SwAV (Caron et al., 2020, appendix A), and the whole network fine-tuned on a part of the labels (SwAV, section
 * 4.1). Features of augmented images are made anew in every epoch, as the originals make them; cached ones are said to be so.
 *
 * <p>One label an image. Several processes share each batch and come to one classifier.
 */
@NullMarked
package io.juxta.eval.probe;

import org.jspecify.annotations.NullMarked;
