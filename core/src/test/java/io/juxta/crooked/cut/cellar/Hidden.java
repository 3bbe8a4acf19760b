package io.juxta.crooked.cut.cellar;

/** In a room within a room that the plan does not know. */
public final class Hidden {}
