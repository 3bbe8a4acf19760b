package io.juxta.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does a piece of work which one process does alone and of which nothing is kept when it is interrupted. */
abstract class WorkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * Does it.
     *
     * @param told hears how it goes on
     * @return an {@link ExitStatus}
     */
    abstract int work(Spoken told) throws IOException;

    /** How progress is shown; not at all where a command has no option for it. */
    ProgressStyle style() {
        return ProgressStyle.NONE;
    }

    /** The command as it was given. */
    final String words() {
        return CommandWords.of(spec);
    }

    @Override
    public final Integer call() throws IOException {
        String name = Stream.of(spec.qualifiedName(" ").split(" ")).skip(1).collect(Collectors.joining(" "));
        OtherProcesses.ofEnvironment().requireAlone(name);
        try (Interruption interruption = Interruption.ofThisThread();
                Spoken spoken = new Spoken(style())) {
            return work(spoken);
        }
    }
}
