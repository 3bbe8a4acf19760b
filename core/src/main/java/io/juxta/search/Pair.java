package io.juxta.search;

import org.apiguardian.api.API;

/**
 * Two images that are alike.
 *
 * @param first place among the index's images, from 0
 * @param second the same, above the first
 * @param cosine of the two, from -1 to 1
 */
@API(status = API.Status.EXPERIMENTAL)
public record Pair(int first, int second, double cosine) {}
