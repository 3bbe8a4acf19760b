package io.juxta.crooked.cut.recipe;

/** Innocent by itself. */
public final class Wish {}
