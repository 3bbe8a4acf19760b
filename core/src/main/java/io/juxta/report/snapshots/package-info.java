/**
 * What is kept of a run that learns to embed images, in its folder {@code snapshots}: a sample of the images drawn once,
 * their pictures, and for some epochs each one's neighbours and its place on a map (principal components, or t-SNE: van der
 * Maaten and Hinton 2008); where somebody asked, prototypes with the images nearest to them.
 *
 * <p>Neighbours are exact within a sample of at most 1,000 images. What is read back is checked against the sample before it
 * is believed.
 */
@NullMarked
package io.juxta.report.snapshots;

import org.jspecify.annotations.NullMarked;
