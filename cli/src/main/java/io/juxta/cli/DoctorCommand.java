package io.juxta.cli;

import io.juxta.runs.machine.Doctor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells whether this machine is fit for a run, and what to do where it is not. */
@Command(
        name = "doctor",
        description = "Look over Java, libtorch, cores, memory, disk and speed; each odd finding comes with its cure."
                + " Takes about five seconds.")
final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where runs would be written (default: ${DEFAULT-VALUE}).")
    private Path run = Path.of("runs");

    @Override
    public Integer call() throws IOException {
        List<Doctor.Finding> findings = new Doctor().examine(run);
        for (Doctor.Finding finding : findings) {
            System.out.printf(
                    Locale.ROOT,
                    "%s %-12s %s%n",
                    finding.cure().isEmpty() ? Colour.GREEN.out("ok  ") : Colour.YELLOW.out("odd "),
                    finding.name(),
                    finding.state());
            finding.cure().ifPresent(cure -> System.out.printf(Locale.ROOT, "%18s%s%n", "-> ", cure));
        }
        long odd =
                findings.stream().filter(finding -> finding.cure().isPresent()).count();
        System.out.println(odd == 0 ? "All is well." : odd + (odd == 1 ? " finding is odd." : " findings are odd."));
        return ExitStatus.DONE;
    }
}
