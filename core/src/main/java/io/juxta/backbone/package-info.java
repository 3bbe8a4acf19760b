/** Encoders: the ResNet family and the heads put on it. */
@NullMarked
package io.juxta.backbone;

import org.jspecify.annotations.NullMarked;
