/**
 * Many pictures in a plane: {@link io.juxta.maps.Pca} at once, {@link io.juxta.maps.NeighbourMap} of many thousand, {@link io.juxta.maps.Tsne} of some hundred for a run's report.
 *
 * <p>A map is a function of the features and a seed: threads and cores never change it.
 */
@NullMarked
package io.juxta.maps;

import org.jspecify.annotations.NullMarked;
