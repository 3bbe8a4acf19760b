package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.distributed.Communicator;
import io.juxta.report.Report;
import io.juxta.report.snapshots.Origin;
import io.juxta.torch.Torch;
import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.run.Figure;
import io.juxta.train.run.MetricsLog;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;

/**
 * Where a run's folder is, how the run begins there and what has come of it at its end.
 *
 * @param checkpoint to resume from; empty for the last
 * @param data where its images are; empty where they are in no folder
 * @param command how it was started, for its report
 */
record RunPlace(Path folder, boolean resumes, Optional<Path> checkpoint, Optional<Path> data, String command) {
    RunFolder open(RunIdentity run) throws IOException {
        return resumes ? RunFolder.resume(folder, run) : RunFolder.create(folder, run);
    }

    /**
     * Where the run begins; a resumed one's state goes into the learner.
     *
     * @param epochs of the whole run
     * @param images that it trains on
     */
    Position begin(RunFolder run, Learner learner, int epochs, RunImages images, RunListener told) throws IOException {
        if (!resumes) {
            run.record(images);
            return Position.START;
        }
        told.notes(Note.Kind.RESUMED, run.requireSameImages(images));
        RunFolder.Resumed resumed = run.restore(learner, checkpoint);
        run.record(images);
        resumed.changes().forEach(change -> told.note(Note.Kind.RESUMED, "changed since the run began: " + change));
        Position at = resumed.position();
        told.note(
                Note.Kind.RESUMED,
                "resumed after " + at.epoch() + (at.epoch() == 1 ? " epoch" : " epochs")
                        + (at.batch() == 0 ? "" : " and " + at.batch() + (at.batch() == 1 ? " step" : " steps"))
                        + (at.epoch() < epochs
                                ? ""
                                : ", of " + epochs + ": nothing is left to train, raise epochs to go on"));
        return at;
    }

    /** Says that training begins. @param what is trained on and what by, before the machine; may be empty */
    void begun(RunListener told, Communicator communicator, String what) {
        int processes = communicator.size();
        told.note(
                Note.Kind.BEGUN,
                folder + ": " + what + Torch.describe()
                        + (processes == 1 ? "" : " in each of " + processes + " processes"));
    }

    /** What the run trains on. */
    RunImages images(Dataset... datasets) {
        return RunImages.of(data, datasets);
    }

    /** Writes the images' checksums down once they were read. */
    static Training.Listener remembering(RunFolder run, RunImages images) {
        return new Training.Listener() {
            @Override
            public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
                remember();
            }

            @Override
            public void stopped(Position at) throws IOException {
                remember();
            }

            private void remember() throws IOException {
                if (images.knowsMore()) {
                    run.record(images);
                }
            }
        };
    }

    RunResult result(
            RunFolder run,
            Learner learner,
            boolean finished,
            int unreadable,
            Figure figure,
            Optional<RunResult.Before> before) {
        boolean saved = finished || run.isSaved();
        return new RunResult(
                folder,
                finished,
                saved,
                judged(run.metrics(), figure, before),
                Optional.of(run.network(learner)).filter(file -> saved && Files.exists(file)),
                learner.product(),
                Optional.of(Report.file(run.path())).filter(file -> saved && Files.exists(file)),
                unreadable);
    }

    private static Optional<RunResult.Judged> judged(
            MetricsLog metrics, Figure figure, Optional<RunResult.Before> before) {
        return metrics.best(figure)
                .map(best -> new RunResult.Judged(
                        figure, metrics.last(figure).orElse(best).value(), best.value(), best.epoch(), before));
    }

    /** How this run was started here and now, for its report. */
    Origin origin() throws IOException {
        return Version.origin(command);
    }

    /** What {@code events.jsonl} says of a run at each of its starts. */
    static Map<String, Object> about(RunIdentity identity) throws IOException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("version", Version.line());
        about.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        about.put("images", identity.images());
        about.put("recipe", identity.settings());
        return about;
    }

    /** Measures what the process takes at the end of each epoch. */
    static Training.Listener memory() {
        return new Training.Listener() {
            @Override
            public void epoch(int epoch, Map<String, Double> metrics) {
                metrics.put("resident_mib", (double) (Pointer.physicalBytes() >> 20));
            }
        };
    }
}
