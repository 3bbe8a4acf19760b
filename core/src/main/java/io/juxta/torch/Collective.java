package io.juxta.torch;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** What processes that compute one result together can do with a tensor that each of them has. */
@API(status = API.Status.INTERNAL)
public interface Collective {
    /** This process, from 0. */
    int rank();

    /** How many processes there are, at least 1. */
    int size();

    /** Replaces a tensor by the sum over all processes, the same bits in each. All call it in the same order. */
    void sum(Tensor tensor);
}
