package io.juxta.search;

/**
 * Two images that are alike.
 *
 * @param first place among the index's images, from 0
 * @param second the same, above the first
 * @param cosine of the two, from -1 to 1
 */
public record Pair(int first, int second, double cosine) {}
