package io.juxta.train;

import org.apiguardian.api.API;

/** What a process that trains takes of memory, by the tensors that it must hold at once. */
@API(status = API.Status.INTERNAL)
public final class Resident {
    /** The JVM with a heap that a loader has been through, and libtorch. */
    private static final long BASE = 860L << 20;

    private Resident() {}

    /**
     * About how many bytes are resident. The runs measured (docs/results.md; MoCo at 32 and 224 px, SwAV at 224) lie
     * within a seventh of it: the allocator holds a fifth more than the tensors, and what a backward pass holds for a
     * moment is not counted one by one. A toy, whose loader hardly touches the heap, takes half of it.
     *
     * @param tensors bytes of what is alive at the peak of a step: weights, gradients, activations, batches
     */
    public static long bytes(long tensors) {
        return BASE + tensors + tensors / 5;
    }
}
