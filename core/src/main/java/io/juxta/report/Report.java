package io.juxta.report;

import io.juxta.report.page.Page;
import io.juxta.report.page.ReadRun;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apiguardian.api.API;

/**
 * A run's {@code report.html}: made from the run's folder alone.
 *
 * <pre>{@code
 * Path page = Report.write(Path.of("runs/quickstart"));
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Report {
    private Report() {}

    /**
     * Writes the report into the run's folder; what was there stays until the new is whole.
     *
     * @return where it lies
     * @throws IOException when the folder is no run's, or damaged, or cannot be written, in one line
     */
    public static Path write(Path run) throws IOException {
        Path file = file(run);
        Replacing.write(file, page(run, Page.Kind.STILL).getBytes(StandardCharsets.UTF_8));
        return file;
    }

    static String page(Path folder, Page.Kind kind) throws IOException {
        return Page.of(ReadRun.read(folder), kind);
    }

    static void delete(Path run) throws IOException {
        Files.deleteIfExists(file(run));
    }

    /** Where a run's report lies. */
    public static Path file(Path run) {
        return run.resolve("report.html");
    }
}
