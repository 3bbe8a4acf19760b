/**
 * Object detection: Faster R-CNN (Ren et al., 2015) with a residual network's first stages as its features and its last
 * as its head, "C4" (He et al., 2016, appendix A), as MoCo's authors fine-tune encoders for it (He et al., 2020, section 4.2).
 *
 * <p>Boxes are Java numbers, features are tensors: what is chosen, matched and suppressed is computed by the processor in
 * double precision, whatever the device, so it is the same everywhere. Masks and feature pyramids are not here.
 */
@NullMarked
package io.juxta.detect;

import org.jspecify.annotations.NullMarked;
