package io.juxta.crooked.attic;

/** In no room of the plan. */
public final class Forgotten {}
