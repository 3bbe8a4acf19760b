/**
 * What a recipe says of a run of CUT: a record for each subject, which validates itself, explains its keys and makes what it
 * describes: networks, views, rates. Together they are a {@code CutRecipe}, which also checks what only fits together or
 * not: taps with the generator, the discriminator's depth with the crops, a pool with views of one size.
 */
@NullMarked
package io.juxta.cut.recipe;

import org.jspecify.annotations.NullMarked;
