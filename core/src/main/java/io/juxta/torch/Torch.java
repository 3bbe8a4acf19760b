package io.juxta.torch;

import io.juxta.natives.Natives;
import org.bytedeco.pytorch.global.torch;

/** Process-wide settings of libtorch. */
public final class Torch {
    static {
        Natives.require();
    }

    private Torch() {}

    /**
     * Sets how many threads one operation may use; operations themselves run one after the other.
     *
     * @param threads at least 1; 0 leaves libtorch's default, one for each core that the processor
     *     tells of, which a virtual machine may get wrong
     */
    public static void threads(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + " must be at least 0 (0: one for each core)");
        }
        if (threads > 0) {
            torch.set_num_threads(threads);
        }
    }

    /**
     * NNPACK is never asked. It would get only what oneDNN takes before it, but where it cannot start, without AVX2 or a word
     * about the caches, it says so at each convolution. Whoever convolves without {@link Layers} calls this before.
     */
    public static void withoutNnpack() {
        torch.globalContext().setUserEnabledNNPACK(false);
    }

    /** Seeds libtorch's own random numbers, which only initial weights and queues are drawn from. */
    public static void seed(long seed) {
        torch.manual_seed(seed);
    }

    /** One line about the build: version and the vector instructions in use. */
    public static String describe() {
        return "libtorch with " + torch.get_cpu_capability().getString() + " kernels, " + torch.get_num_threads()
                + " threads";
    }
}
