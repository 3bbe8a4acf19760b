package io.juxta.search;

import org.apiguardian.api.API;

/**
 * An image that was found.
 *
 * @param place among the index's images, from 0
 * @param name what it is called there
 * @param cosine with what was looked for, from -1 to 1
 */
@API(status = API.Status.EXPERIMENTAL)
public record Match(int place, String name, double cosine) {}
