/**
 * What several methods that learn embeddings are made of, by their recipes: the backbone, a target that follows it slowly, how views
 * and crops of an image are made.
 */
@NullMarked
package io.juxta.train.embedding;

import org.jspecify.annotations.NullMarked;
