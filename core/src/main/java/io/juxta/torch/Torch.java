package io.juxta.torch;

import io.juxta.natives.Natives;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.global.torch;

/** Process-wide settings of libtorch. */
@API(status = API.Status.INTERNAL)
public final class Torch {
    static {
        Natives.torch();
    }

    private Torch() {}

    /**
     * Sets how many threads one operation may use; operations themselves run one after the other.
     *
     * @param threads at least 1; 0 for one for each of the {@link Cores} that this process may use, or what
     *     {@code OMP_NUM_THREADS} says
     */
    public static void threads(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + " must be at least 0 (0: one for each core)");
        }
        if (threads > 0) {
            torch.set_num_threads(threads);
        } else if (System.getenv("OMP_NUM_THREADS") == null) {
            // libtorch asks the processor, and a virtual one may tell of one core where there are several
            torch.set_num_threads(Math.max(torch.get_num_threads(), Cores.ofThisProcess()));
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
