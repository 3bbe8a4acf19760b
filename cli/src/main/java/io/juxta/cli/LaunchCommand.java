package io.juxta.cli;

import io.juxta.distributed.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts the processes of one run on one machine. */
@Command(
        name = "launch",
        description = "Start a command as several processes of one run, on this machine.",
        footer = {
            "",
            "Each process gets RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as torchrun sets them, and its"
                    + " share of the cores; its lines are printed behind [RANK]. When one fails, all end. On clusters"
                    + " torchrun, srun or mpirun start juxta pretrain itself: see docs/distributed.md.",
            "",
            "  juxta launch --processes 2 -- pretrain cifar10/moco-cpu --data cifar10"
        })
final class LaunchCommand implements Callable<Integer> {
    /** What knows how to be several processes. */
    private static final List<String> COMMANDS =
            List.of("pretrain", "quickstart", "translate train", "evaluate knn", "evaluate linear", "evaluate semi");

    /** How long the others may at least take to end by themselves once one has failed. */
    private static final int GRACE_SECONDS = 15;

    @Option(names = "--processes", required = true, paramLabel = "N", description = "How many processes, from 1 to 64.")
    private int processes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long a process may be silent before the others give up; default ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where the processes meet; a free port where this is not given.")
    private Optional<Integer> port = Optional.empty();

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            description =
                    "pretrain, quickstart, translate train, evaluate knn, evaluate linear or evaluate semi, with its arguments.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        int meeting = port.isPresent() ? port.get() : Ports.free();
        List<Started> started = new ArrayList<>();
        try (Interruption interruption = Interruption.watch("stopping after this step, with what the command keeps")) {
            try {
                for (int rank = 0; rank < processes; rank++) {
                    started.add(start(rank, meeting));
                }
                return await(started, interruption);
            } finally {
                for (Started each : started) {
                    each.process.destroyForcibly();
                    each.await();
                }
            }
        }
    }

    private void check() {
        if (processes < 1 || processes > 64) {
            throw new IllegalArgumentException("--processes " + processes + " must be from 1 to 64");
        }
        if (timeout < 1 || timeout > 86_400) {
            throw new IllegalArgumentException("--timeout " + timeout + " must be from 1 to 86400 seconds");
        }
        port.filter(number -> number < 1 || number > 65_535).ifPresent(number -> {
            throw new IllegalArgumentException("--port " + number + " must be from 1 to 65535");
        });
        String words = String.join(" ", command) + " ";
        if (COMMANDS.stream().noneMatch(each -> words.startsWith(each + " "))) {
            throw new IllegalArgumentException("launch cannot start "
                    + String.join(" ", command.subList(0, Math.min(2, command.size())))
                    + ", which runs in one process; it starts " + String.join(", ", COMMANDS));
        }
    }

    private Started start(int rank, int meeting) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-Djuxta.terminal=false", "-Djuxta.terminal.out=false"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> environment = builder.environment();
        environment.put("RANK", Integer.toString(rank));
        environment.put("LOCAL_RANK", Integer.toString(rank));
        environment.put("WORLD_SIZE", Integer.toString(processes));
        environment.put("LOCAL_WORLD_SIZE", Integer.toString(processes));
        environment.put("MASTER_ADDR", "127.0.0.1");
        environment.put("MASTER_PORT", Integer.toString(meeting));
        environment.put("JUXTA_TIMEOUT", Integer.toString(timeout));
        environment.remove("TORCHELASTIC_USE_AGENT_STORE");
        int cores = Runtime.getRuntime().availableProcessors();
        environment.putIfAbsent("OMP_NUM_THREADS", Integer.toString(Math.max(1, cores / processes)));
        Process process = builder.start();
        process.getOutputStream().close();
        return new Started(rank, process);
    }

    /** Waits for all; when one fails, the others have a while to end in their own words. */
    private int await(List<Started> started, Interruption interruption) throws InterruptedException {
        Started failed = null;
        long end = Long.MAX_VALUE;
        boolean told = false;
        while (started.stream().anyMatch(each -> each.process.isAlive())) {
            for (Started each : started) {
                if (failed == null && !each.process.isAlive() && each.process.exitValue() != ExitStatus.DONE) {
                    failed = each;
                    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(GRACE_SECONDS, timeout + 5));
                }
            }
            if (interruption.requested() && !told) {
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
            failed = failed == null && each.process.exitValue() != ExitStatus.DONE ? each : failed;
        }
        if (failed == null) {
            return ExitStatus.DONE;
        }
        int status = failed.process.exitValue();
        if (interruption.requested() || status == ExitStatus.INTERRUPTED) {
            return ExitStatus.INTERRUPTED;
        }
        System.err.println("juxta: rank " + failed.rank
                + (status > 128 ? " was ended by signal " + (status - 128) : " failed with status " + status)
                + (failed.lastError.isEmpty() ? "" : ": " + failed.lastError));
        return status == ExitStatus.WRONG_USAGE ? ExitStatus.WRONG_USAGE : ExitStatus.FAILED;
    }

    /** A process, and the two threads that print what it says. */
    private static final class Started {
        private final int rank;
        private final Process process;
        private final List<Thread> readers;
        private volatile String lastError = "";

        Started(int rank, Process process) {
            this.rank = rank;
            this.process = process;
            readers = List.of(
                    reader(process.getInputStream(), System.out, false),
                    reader(process.getErrorStream(), System.err, true));
            readers.forEach(Thread::start);
        }

        private Thread reader(InputStream from, PrintStream to, boolean errors) {
            Thread thread = new Thread(() -> print(from, to, errors), "juxta-output-" + rank);
            thread.setDaemon(true);
            return thread;
        }

        private void print(InputStream from, PrintStream to, boolean errors) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.contains("[Gloo] Rank") || line.contains("Expected number of connected peer")) {
                        continue; // Gloo's own greeting, which several processes write into each other
                    }
                    to.println("[" + rank + "] " + line);
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
