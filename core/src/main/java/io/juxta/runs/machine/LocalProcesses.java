package io.juxta.runs.machine;

import io.juxta.distributed.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one run on one machine. Each gets {@code RANK}, {@code LOCAL_RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and
 * {@code MASTER_PORT}, as torchrun sets them, and its share of the cores; {@code Processes.ofEnvironment} finds them there. When one
 * fails, the others have a while to end by themselves, and are ended then.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class LocalProcesses {
    /** How long the others may at least take to end by themselves once one has failed. */
    private static final int GRACE_SECONDS = 15;

    private static final int MOST = 64;
    private static final int LONGEST_SILENCE = 86_400;
    private static final int LAST_PORT = 65_535;

    private final int size;
    private final int timeout;
    private final Optional<Integer> port;
    private final Said said;

    /** Told what processes say, each by a thread of its own. */
    @FunctionalInterface
    public interface Said {
        /** @param isError whether it was said on standard error */
        void line(int rank, String line, boolean isError);
    }

    /**
     * How they ended.
     *
     * @param rank of the first that failed; of one that did well where none did
     * @param status its exit status: 0 when all did well
     * @param wasStopped whether they were told to end
     * @param lastError the last line on its standard error that begins with {@code juxta:}, without that
     */
    public record Ended(int rank, int status, boolean wasStopped, String lastError) {
        /** Which one failed and how, in a line. */
        public String failure() {
            return "rank " + rank
                    + (status > 128 ? " was ended by signal " + (status - 128) : " failed with status " + status)
                    + (lastError.isEmpty() ? "" : ": " + lastError);
        }
    }

    /**
     * The command line of a JVM like this one.
     *
     * @param properties that it gets besides this one's own options, as {@code -Dname=value}
     */
    public static List<String> java(List<String> properties, Class<?> main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(properties);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        words.addAll(arguments);
        return words;
    }

    /**
     * @param size how many processes, from 1 to 64
     * @param timeout seconds that a process may be silent before the others give up
     * @param port where they meet; empty for any that is free
     */
    public LocalProcesses(int size, int timeout, Optional<Integer> port, Said said) {
        if (size < 1 || size > MOST) {
            throw new IllegalArgumentException("--processes " + size + " must be from 1 to 64");
        }
        if (timeout < 1 || timeout > LONGEST_SILENCE) {
            throw new IllegalArgumentException("--timeout " + timeout + " must be from 1 to 86400 seconds");
        }
        port.filter(number -> number < 1 || number > LAST_PORT).ifPresent(number -> {
            throw new IllegalArgumentException("--port " + number + " must be from 1 to 65535");
        });
        this.size = size;
        this.timeout = timeout;
        this.port = port;
        this.said = said;
    }

    /**
     * Starts a command line as often as there are processes, and waits for all.
     *
     * @param stop asked now and then: whether to tell them to end, which runs do with a checkpoint
     * @throws IOException when one cannot be started
     */
    public Ended run(List<String> words, BooleanSupplier stop) throws IOException, InterruptedException {
        int meeting = port.isPresent() ? port.get() : Ports.free();
        List<Started> started = new ArrayList<>();
        try {
            for (int rank = 0; rank < size; rank++) {
                started.add(start(words, rank, meeting));
            }
            return await(started, stop);
        } finally {
            for (Started each : started) {
                each.process.destroyForcibly();
                each.await();
            }
        }
    }

    private Started start(List<String> words, int rank, int meeting) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> environment = builder.environment();
        environment.put("RANK", Integer.toString(rank));
        environment.put("LOCAL_RANK", Integer.toString(rank));
        environment.put("WORLD_SIZE", Integer.toString(size));
        environment.put("LOCAL_WORLD_SIZE", Integer.toString(size));
        environment.put("MASTER_ADDR", "127.0.0.1");
        environment.put("MASTER_PORT", Integer.toString(meeting));
        environment.put("JUXTA_TIMEOUT", Integer.toString(timeout));
        environment.remove("TORCHELASTIC_USE_AGENT_STORE");
        int cores = Runtime.getRuntime().availableProcessors();
        environment.putIfAbsent("OMP_NUM_THREADS", Integer.toString(Math.max(1, cores / size)));
        Process process = builder.start();
        process.getOutputStream().close();
        return new Started(rank, process);
    }

    /** Waits for all; when one fails, the others have a while to end in their own words. */
    private Ended await(List<Started> started, BooleanSupplier stop) throws InterruptedException {
        @Nullable Started failed = null;
        long end = Long.MAX_VALUE;
        boolean told = false;
        while (started.stream().anyMatch(each -> each.process.isAlive())) {
            for (Started each : started) {
                if (failed == null && !each.process.isAlive() && each.process.exitValue() != 0) {
                    failed = each;
                    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(GRACE_SECONDS, timeout + 5));
                }
            }
            if (stop.getAsBoolean() && !told) {
                told = true;
                // checkpoints are written before they end
                started.forEach(each -> each.process.toHandle().destroy());
            }
            if (System.nanoTime() > end) {
                started.forEach(each -> each.process.toHandle().destroyForcibly());
            }
            Thread.sleep(50);
        }
        for (Started each : started) {
            each.await();
            failed = failed == null && each.process.exitValue() != 0 ? each : failed;
        }
        return failed == null
                ? new Ended(0, 0, told, "")
                : new Ended(failed.rank, failed.process.exitValue(), told, failed.lastError);
    }

    /** A process, and the two threads that print what it says. */
    private final class Started {
        private final int rank;
        private final Process process;
        private final List<Thread> readers;
        private volatile String lastError = "";

        Started(int rank, Process process) {
            this.rank = rank;
            this.process = process;
            readers = List.of(reader(process.getInputStream(), false), reader(process.getErrorStream(), true));
            readers.forEach(Thread::start);
        }

        private Thread reader(InputStream from, boolean errors) {
            Thread thread = new Thread(() -> tell(from, errors), "juxta-output-" + rank);
            thread.setDaemon(true);
            return thread;
        }

        private void tell(InputStream from, boolean errors) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.contains("[Gloo] Rank") || line.contains("Expected number of connected peer")) {
                        continue; // Gloo's own greeting, which several processes write into each other
                    }
                    said.line(rank, line, errors);
                    if (errors && line.startsWith("juxta: ")) {
                        lastError = line.substring("juxta: ".length());
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void await() throws InterruptedException {
            process.waitFor();
            for (Thread reader : readers) {
                reader.join(TimeUnit.SECONDS.toMillis(5));
            }
        }
    }
}
