package io.juxta.cli;

import io.juxta.runs.Interruption;
import io.juxta.runs.machine.LocalProcesses;
import java.io.IOException;
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

    /** Their lines go through this process, which is no terminal. */
    private static final List<String> TERMINAL = List.of("-Djuxta.terminal=false", "-Djuxta.terminal.out=false");

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
        Runnable stopping = Screen.ending("stopping after this step, with what the command keeps");
        try (Interruption interruption = Interruption.watch(stopping)) {
            return said(launched.run(LocalProcesses.java(TERMINAL, Main.class, command), interruption::requested));
        }
    }

    private static int said(LocalProcesses.Ended ended) {
        if (ended.status() == ExitStatus.DONE) {
            return ExitStatus.DONE;
        }
        if (ended.wasStopped() || ended.status() == ExitStatus.INTERRUPTED) {
            return ExitStatus.INTERRUPTED;
        }
        System.err.println("juxta: " + ended.failure());
        return ended.status() == ExitStatus.WRONG_USAGE ? ExitStatus.WRONG_USAGE : ExitStatus.FAILED;
    }
}
