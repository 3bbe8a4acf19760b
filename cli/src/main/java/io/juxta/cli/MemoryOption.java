package io.juxta.cli;

import io.juxta.runs.RunRequest;
import picocli.CommandLine.Option;

/** Whether a run that would take more memory than there is begins, to be mixed into the commands that know. */
final class MemoryOption {
    @Option(
            names = "--ignore-memory",
            description = "Begin although the run would take more memory than the machine or its container has.")
    private boolean ignored;

    void apply(RunRequest<?> run) {
        if (ignored) {
            run.ignoringMemory();
        }
    }
}
