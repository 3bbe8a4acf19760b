/**
 * A place to look at all pictures of a folder: a page on 127.0.0.1 with a map of them, their neighbours, filters, labels and a
 * basket.
 *
 * <p>The page is plain JavaScript in this package's resources and loads nothing from elsewhere. Whoever asks must know the
 * token in the page's address; pictures go out by their number, decoded and made anew, and no file does. What the page may
 * take is bounded: uploads, threads, the cache of thumbnails.
 */
@NullMarked
package io.juxta.explore;

import org.jspecify.annotations.NullMarked;
