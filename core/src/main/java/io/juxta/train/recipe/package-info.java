/** Recipes: flat YAML to records and back, every key known, every error one line. */
@NullMarked
package io.juxta.train.recipe;

import org.jspecify.annotations.NullMarked;
