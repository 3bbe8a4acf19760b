package io.juxta.cli;

import io.juxta.data.Dataset;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Whether a run that would take more memory than there is begins, to be mixed into the commands that know. */
final class MemoryOption {
    @Option(
            names = "--ignore-memory",
            description = "Begin although the run would take more memory than the machine or its container has.")
    private boolean ignored;

    /** @throws IOException when it does not fit, and nobody insists */
    void require(Pretraining run, Dataset images) throws IOException {
        if (!ignored) {
            run.requireMemory(images);
        }
    }
}
