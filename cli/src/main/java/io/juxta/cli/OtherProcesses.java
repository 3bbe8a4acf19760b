package io.juxta.cli;

import io.juxta.runs.Processes;
import java.io.IOException;

/** The processes of this command, as the environment tells of them. */
final class OtherProcesses {
    private OtherProcesses() {}

    /** When another one is gone and this one hangs, it says so and ends. */
    static Processes ofEnvironment() throws IOException {
        return Processes.ofEnvironment(reason -> {
            System.err.println("juxta: " + reason);
            Runtime.getRuntime().halt(ExitStatus.FAILED);
        });
    }
}
