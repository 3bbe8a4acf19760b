package io.juxta.weights.pickle;

import java.util.List;
import org.apiguardian.api.API;

/**
 * A tensor as a view of a storage.
 *
 * @param offset of its first value, in values
 * @param stride values from one index to the next, for each dimension
 */
@API(status = API.Status.INTERNAL)
public record StoredTensor(Storage storage, long offset, List<Long> size, List<Long> stride) {
    public StoredTensor {
        size = List.copyOf(size);
        stride = List.copyOf(stride);
    }
}
