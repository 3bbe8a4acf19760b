package io.juxta.runs;

import io.juxta.torch.Torch;
import org.apiguardian.api.API;

/** How many threads one operation of libtorch's takes, in the whole process. */
@API(status = API.Status.EXPERIMENTAL)
public final class OperationThreads {
    private OperationThreads() {}

    /**
     * Sets it.
     *
     * @param threads 0 for one for each core that may be used
     * @throws IllegalArgumentException for fewer than 0
     */
    public static void set(int threads) {
        Torch.threads(threads);
    }
}
