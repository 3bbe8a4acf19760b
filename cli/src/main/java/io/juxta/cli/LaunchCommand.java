package io.juxta.cli;

import io.juxta.runs.machine.LocalProcesses;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
        LocalProcesses launched = new LocalProcesses(
                processes,
                timeout,
                port,
                (rank, line, isError) -> (isError ? System.err : System.out).println("[" + rank + "] " + line));
        String words = String.join(" ", command) + " ";
        if (COMMANDS.stream().noneMatch(each -> words.startsWith(each + " "))) {
            throw new IllegalArgumentException("launch cannot start "
                    + String.join(" ", command.subList(0, Math.min(2, command.size())))
                    + ", which runs in one process; it starts " + String.join(", ", COMMANDS));
        }
        try (Interruption interruption = Interruption.watch("stopping after this step, with what the command keeps")) {
            return said(launched.run(java(), interruption::requested));
        }
    }

    /** This command in a JVM like this one. */
    private List<String> java() {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-Djuxta.terminal=false", "-Djuxta.terminal.out=false"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(command);
        return words;
    }

    private static int said(LocalProcesses.Ended ended) {
        int status = ended.status();
        if (status == ExitStatus.DONE) {
            return status;
        }
        if (ended.wasStopped() || status == ExitStatus.INTERRUPTED) {
            return ExitStatus.INTERRUPTED;
        }
        System.err.println("juxta: rank " + ended.rank()
                + (status > 128 ? " was ended by signal " + (status - 128) : " failed with status " + status)
                + (ended.lastError().isEmpty() ? "" : ": " + ended.lastError()));
        return status == ExitStatus.WRONG_USAGE ? ExitStatus.WRONG_USAGE : ExitStatus.FAILED;
    }
}
