package io.juxta.crooked.train;

/** Innocent by itself. */
public final class Loop {}
