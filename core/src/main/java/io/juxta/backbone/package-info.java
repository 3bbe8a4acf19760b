/**
 * Encoders, and the heads put on them: the ResNet family (He et al., 2016, arXiv 1512.03385) and vision transformers (Dosovitskiy et al.,
 * 2021, arXiv 2010.11929). Key names of weights are torchvision's and timm's, so that files go both ways.
 */
@NullMarked
package io.juxta.backbone;

import org.jspecify.annotations.NullMarked;
