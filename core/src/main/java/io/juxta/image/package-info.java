/**
 * Pictures in memory: decoding, pixel operations, augmentation pipelines. Pixels are what Pillow gives, bit for bit where it is
 * pinned by goldens; every random draw is a function of seed, epoch, image and view, so threads change nothing.
 *
 * <p>Whatever is decoded comes from outside: sizes are checked before memory is taken, truncated files are refused. No libtorch
 * here.
 */
@NullMarked
package io.juxta.image;

import org.jspecify.annotations.NullMarked;
