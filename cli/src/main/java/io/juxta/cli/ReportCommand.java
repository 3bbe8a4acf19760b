package io.juxta.cli;

import io.juxta.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a run's report anew. */
@Command(
        name = "report",
        description = "Write a run's report.html anew, from the run's folder alone: one file that needs no network.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    private Path run = Path.of("");

    @Override
    public Integer call() throws IOException {
        System.out.println("report: " + Report.write(run));
        return ExitStatus.DONE;
    }
}
