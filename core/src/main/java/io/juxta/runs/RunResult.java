package io.juxta.runs;

import io.juxta.train.run.Figure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What came of a run.
 *
 * @param folder of the run
 * @param finished whether its last epoch was reached; otherwise it was asked to stop
 * @param saved whether it can be gone on with; where not, it was stopped before its first step was over, and nothing is
 *     kept
 * @param judged by what it is judged, where that was measured
 * @param network the file of what was trained, where there is one
 * @param product what that is: {@code encoder} or {@code generator}
 * @param report the page, where there is one
 * @param unreadable images that were skipped since they could not be read; the log names them
 */
@API(status = API.Status.EXPERIMENTAL)
public record RunResult(
        Path folder,
        boolean finished,
        boolean saved,
        Optional<Judged> judged,
        Optional<Path> network,
        String product,
        Optional<Path> report,
        int unreadable) {
    /** Of a process that only computed its part. */
    static RunResult ofOneThatFollows(Path folder, boolean finished, String product) {
        return new RunResult(folder, finished, true, Optional.empty(), Optional.empty(), product, Optional.empty(), 0);
    }

    /** What a person is told at its end, in lines: how good it is, what was skipped, and which files there are. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        judged.ifPresent(found -> lines.add(found.toString()));
        if (unreadable > 0) {
            lines.add("skipped as unreadable: " + unreadable + (unreadable == 1 ? " image" : " images")
                    + ", named in the log above");
        }
        if (!saved) {
            lines.add("stopped before the first step was over: nothing is kept");
            return lines;
        }
        network.ifPresent(file -> lines.add(product + ": " + file));
        report.ifPresent(file -> lines.add("report: " + file));
        return lines;
    }

    /**
     * The figure that a run is judged by.
     *
     * @param bestEpoch when it was best, from 1; 0 for before training
     * @param before what it is to be compared with, where it was measured by this run from its beginning
     */
    public record Judged(Figure figure, double last, double best, int bestEpoch, Optional<Before> before) {
        /** {@code kNN last 79.00 %, best 79.40 % (epoch 5)}. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s last " + figure.format() + ", best " + figure.format() + " (epoch %d)",
                    figure.label(),
                    last,
                    best,
                    bestEpoch);
        }
    }

    /** kNN's top-1 in percent before training: by the pixels alone, and by the encoder as it began. */
    public record Before(double raw, double untrained) {}
}
