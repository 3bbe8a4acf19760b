package io.juxta.crooked.cut.strips;

import io.juxta.crooked.cut.recipe.Wish;

/** A strip that knows what the recipe says. */
public record Strip(Wish wish) {}
