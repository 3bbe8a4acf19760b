/**
 * Recipes: flat YAML to records and back, every key known, every error one line. Defaults, ranges and meanings stand once, at the
 * record's component, and the manual's page of keys is made of them.
 */
@NullMarked
package io.juxta.train.recipe;

import org.jspecify.annotations.NullMarked;
