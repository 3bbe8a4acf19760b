package io.juxta.image;

import java.lang.management.ManagementFactory;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The memory that pictures take while they are decoded and used, one account for the whole process: loaders, encoders
 * and translators draw on the same. Who finds too little of it waits until others are done; what would never fit is
 * refused. On the heap three quarters of what Java may have, outside of it half of the machine's memory, or of its
 * container's.
 *
 * <p>A picture counts until it is decoded. Within {@link #hold} its pixels count until that ends:
 *
 * <pre>{@code
 * try (DecodingMemory.Hold hold = DecodingMemory.hold()) {
 *     use(Decoder.read(file));
 * }
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class DecodingMemory {
    static final DecodingMemory PROCESS =
            new DecodingMemory(Runtime.getRuntime().maxMemory() / 4 * 3, physicalMemory() / 2);

    /**
     * What a picture takes.
     *
     * @param heap bytes, those of the picture among them
     * @param outside bytes of native memory
     */
    record Need(long heap, long outside) {}

    /** Keeps what this thread decodes in the account until it is closed, in the same thread. */
    public static final class Hold implements AutoCloseable {
        private final @Nullable Hold outer;
        private long heap;

        private Hold(@Nullable Hold outer) {
            this.outer = outer;
        }

        @Override
        public void close() {
            if (outer == null) {
                HOLD.remove();
            } else {
                HOLD.set(outer);
            }
            PROCESS.give(new Need(heap, 0));
        }
    }

    private static final ThreadLocal<Hold> HOLD = new ThreadLocal<>();

    private final long heapLimit;
    private final long outsideLimit;
    private long heap;
    private long outside;
    /** Who waits longest is served first: a large picture is not passed by small ones for ever. */
    private long tickets;

    private long served;

    DecodingMemory(long heapLimit, long outsideLimit) {
        this.heapLimit = heapLimit;
        this.outsideLimit = outsideLimit;
    }

    /** From here on what this thread decodes counts until the result is closed. */
    public static Hold hold() {
        Hold hold = new Hold(HOLD.get());
        HOLD.set(hold);
        return hold;
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 4L << 30;
    }

    /** What there is of the kind of memory of which this needs more than there ever is; empty where it fits. */
    @Nullable
    String refusal(Need need) {
        if (need.heap > heapLimit) {
            return mebibytes(need.heap) + " to decode, the limit is " + mebibytes(heapLimit)
                    + ": shrink it, or give Java more memory (-Xmx)";
        }
        return need.outside > outsideLimit
                ? mebibytes(need.outside) + " to decode, the limit is " + mebibytes(outsideLimit)
                        + ", half of the memory here: shrink it"
                : null;
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }

    /**
     * Waits until there is enough, and takes it. A thread that holds a picture already does not wait: it would keep what
     * another one waits for.
     */
    synchronized void take(Need need) {
        Hold hold = HOLD.get();
        if (hold == null || hold.heap == 0) {
            long ticket = tickets++;
            boolean interrupted = false;
            while (ticket != served || heap + need.heap > heapLimit || outside + need.outside > outsideLimit) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            served++;
            notifyAll();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        heap += need.heap;
        outside += need.outside;
    }

    /** After decoding: all of it, but for the pixels where this thread holds them. */
    void decoded(Need need, long pixels) {
        Hold hold = HOLD.get();
        long kept = hold == null ? 0 : pixels;
        if (hold != null) {
            hold.heap += kept;
        }
        give(new Need(need.heap - kept, need.outside));
    }

    private synchronized void give(Need need) {
        heap -= need.heap;
        outside -= need.outside;
        notifyAll();
    }

    /** What is taken now. */
    synchronized Need taken() {
        return new Need(heap, outside);
    }
}
