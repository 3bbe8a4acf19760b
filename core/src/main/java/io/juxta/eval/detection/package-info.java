/** How well boxes are found: PASCAL VOC's average precision and COCO's, as their own programs compute them. */
@NullMarked
package io.juxta.eval.detection;

import org.jspecify.annotations.NullMarked;
