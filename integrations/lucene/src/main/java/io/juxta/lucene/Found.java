package io.juxta.lucene;

import org.apiguardian.api.API;

/**
 * A picture that was found.
 *
 * @param name what it is called in the index
 * @param label that it was put with; empty where there was none
 * @param cosine with what was looked for, from -1 to 1, exactly
 */
@API(status = API.Status.EXPERIMENTAL)
public record Found(String name, String label, double cosine) {}
