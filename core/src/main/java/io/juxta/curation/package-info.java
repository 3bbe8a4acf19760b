/**
 * What is in a collection of pictures: what is broken, dark or blurred ({@link io.juxta.curation.Quality}), what is there
 * twice ({@link io.juxta.curation.Groups}), what lies alone ({@link io.juxta.curation.Outliers}), what of the pictures to
 * judge by is among those to learn from ({@link io.juxta.curation.Leak}), whose label its neighbours doubt
 * ({@link io.juxta.curation.LabelDoubt}), and which to label next ({@link io.juxta.curation.Selection}).
 *
 * <p>Every search is exact: all pictures are compared with all, block by block, in memory of the embeddings and some tens of
 * megabytes. {@code io.juxta.runs.Curating} does all of it for a folder.
 */
@NullMarked
package io.juxta.curation;

import org.jspecify.annotations.NullMarked;
