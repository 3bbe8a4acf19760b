package io.juxta.weights.pickle;

import org.apiguardian.api.API;

/**
 * Memory that tensors lie in, which the file holds elsewhere.
 *
 * @param type PyTorch's class of it: {@code FloatStorage}
 * @param key by which the file knows it
 * @param length values
 */
@API(status = API.Status.INTERNAL)
public record Storage(String type, String key, long length) {}
