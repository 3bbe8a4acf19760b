package io.juxta.spark;

import io.juxta.Encoder;
import io.juxta.runs.OperationThreads;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;

/**
 * The encoder of this JVM, which all tasks share that need the same: loaded by the first of them, kept when the last is done, given up
 * for another when nobody uses it. Its owner is this class, whose shutdown hook closes it when the JVM ends.
 */
final class ExecutorEncoder implements AutoCloseable {
    private static final Map<EncoderKey, ExecutorEncoder> LOADED = new HashMap<>();

    static {
        // tensors are not the heap's, which JavaCPP would count them against; it looks at its first use
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorEncoder::closeAll, "juxta-executor-encoder"));
    }

    private final Encoder encoder;
    private int users;

    private ExecutorEncoder(Encoder encoder) {
        this.encoder = encoder;
    }

    /**
     * For the thread of a task, until it calls {@link #close}.
     *
     * @throws EncoderUnavailableException when there is none here
     */
    static ExecutorEncoder use(EncoderKey key, SentWeights weights) throws EncoderUnavailableException {
        try {
            synchronized (LOADED) {
                ExecutorEncoder there = LOADED.get(key);
                if (there == null) {
                    closeUnused();
                    there = new ExecutorEncoder(weights.read(file -> Encoder.load(file, key.options())));
                    LOADED.put(key, there);
                }
                threads(key);
                there.users++;
                return there;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new EncoderUnavailableException(executor() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Alone, a picture is computed by the thread that asks, so that each core of the executor is at one; and how many threads an operation
     * takes shows in the last bits. In batches one operation has all cores.
     */
    private static void threads(EncoderKey key) {
        OperationThreads.set(key.batchSize() == 1 ? 1 : SparkEnv.get().conf().getInt("spark.executor.cores", 0));
    }

    private static String executor() {
        SparkEnv env = SparkEnv.get();
        return "executor " + env.executorId() + " on "
                + env.blockManager().blockManagerId().host();
    }

    Encoder encoder() {
        return encoder;
    }

    private static void closeUnused() {
        LOADED.values().removeIf(each -> {
            if (each.users == 0) {
                each.encoder.close();
            }
            return each.users == 0;
        });
    }

    private static void closeAll() {
        synchronized (LOADED) {
            LOADED.values().forEach(each -> each.encoder.close());
            LOADED.clear();
        }
    }

    /** The task needs it no more. */
    @Override
    public void close() {
        synchronized (LOADED) {
            users--;
        }
    }
}
