package io.juxta.train;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.apiguardian.api.API;

/**
 * Whether the memory that a run is estimated to take is there, before it begins: a run that is ended by the system for
 * what it takes does not say a word.
 *
 * @param memory of the machine or its container
 * @param processes of the run on this machine, each of which takes as much
 */
@API(status = API.Status.INTERNAL)
public record MemoryFit(SystemMemory memory, int processes) {
    private static final long MIB = 1L << 20;
    /** Smaller ones teach nothing. */
    public static final int LEAST_BATCH = 8;

    /**
     * What a run takes.
     *
     * @param key of its recipe by which it can be made smaller
     * @param value of that key
     * @param least value that is worth proposing
     * @param bytes of one process by that value, without pictures; 0 for a value that cannot be
     * @param pictures MiB of pictures that are kept
     */
    public record Demand(String key, int value, int least, IntToLongFunction bytes, int pictures) {
        /** By the batch size. */
        public static Demand ofBatch(int batchSize, IntToLongFunction bytes, int pictures) {
            return new Demand("batch-size", batchSize, LEAST_BATCH, bytes, pictures);
        }
    }

    /**
     * Returns where the run fits. Estimates may be a seventh too large, and are given that.
     *
     * @throws IOException when it does not fit, in one line with settings that would
     */
    public void require(Demand demand) throws IOException {
        long there = (memory.available() + memory.held()) / processes;
        long taken = demand.bytes.applyAsLong(demand.value) + demand.pictures * MIB;
        if (fits(taken, there)) {
            return;
        }
        String container = memory.limit().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " of the %,d that the container allows",
                        memory.limit().getAsLong() / MIB)
                : "";
        throw new IOException(String.format(
                Locale.ROOT,
                "this run would take about %,d MiB%s, and %,d MiB can be had%s: %s; --ignore-memory begins all the same",
                taken * processes / MIB,
                processes == 1 ? "" : " in " + processes + " processes",
                there * processes / MIB,
                container,
                fitting(demand, there)
                        .orElse("no " + demand.key + " fits, end other programs or take a smaller network")));
    }

    private static boolean fits(long taken, long there) {
        return taken - taken / 7 <= there;
    }

    /** The largest of the value, half of it, a quarter and so on that fits, with as many pictures as there is room for. */
    private Optional<String> fitting(Demand demand, long there) {
        for (int value = demand.value; value >= Math.min(demand.least, demand.value); value /= 2) {
            long bytes = demand.bytes.applyAsLong(value);
            // the settings that are proposed fit without the seventh, where any do
            if (bytes > 0 && bytes <= there) {
                long pictures = Math.min(demand.pictures, (there - bytes) / MIB / 16 * 16);
                StringBuilder settings = new StringBuilder();
                if (value != demand.value) {
                    settings.append(" --set ").append(demand.key).append('=').append(value);
                }
                if (pictures != demand.pictures) {
                    settings.append(" --set image-cache=").append(pictures);
                }
                return Optional.of(String.format(
                        Locale.ROOT,
                        "%s takes about %,d",
                        settings.toString().strip(),
                        (bytes / MIB + pictures) * processes));
            }
        }
        return Optional.empty();
    }
}
