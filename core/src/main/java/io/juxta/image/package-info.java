/** Pictures in memory: decoding, pixel operations, augmentation pipelines. */
@NullMarked
package io.juxta.image;

import org.jspecify.annotations.NullMarked;
