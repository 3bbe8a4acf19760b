package io.juxta.cli;

import io.juxta.report.LiveReport;
import io.juxta.runs.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a run's report in a browser while the run goes on. */
@Command(
        name = "watch",
        description = "Serve a run's report on 127.0.0.1 until Ctrl-C; the page follows the run by itself.")
final class WatchCommand implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 200;

    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    private Path run = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8617",
            description = "The port, 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port = 0;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port " + port + " must be from 0 (any that is free) to 65535");
        }
        try (Interruption interruption = Interruption.watch(Screen.ending("closing"));
                LiveReport report = LiveReport.open(run, port)) {
            System.out.println(report.address() + " shows " + run + "; Ctrl-C ends it");
            while (!interruption.requested()) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return ExitStatus.INTERRUPTED;
    }
}
