package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.report.Report;
import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.health.Diagnosing;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.log.RunLog;
import io.juxta.train.run.DamagedCheckpointException;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;

/**
 * Where a run's folder is, how the run begins there and what is said of it at its ends.
 *
 * @param checkpoint to resume from; empty for the last
 * @param data where its images are; empty where they are in no folder
 * @param words of the command that goes on with it: {@code pretrain}, for instance
 * @param command that was given, as a shell would take it
 */
record RunPlace(
        Path folder, Mode mode, Optional<Path> checkpoint, Optional<Path> data, List<String> words, String command) {
    /** Shown when a run is told to end. */
    static final String STOPPING = "stopping after this step, with a checkpoint";

    enum Mode {
        NEW,
        RESUME
    }

    /** A new run's, of images that lie in no folder. */
    static RunPlace of(Path folder, String command) {
        return new RunPlace(folder, Mode.NEW, Optional.empty(), Optional.empty(), List.of("pretrain"), command);
    }

    /** What people call the run: its folder's own name. */
    String name() {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    RunFolder open(RunIdentity run) throws IOException {
        return mode == Mode.NEW ? RunFolder.create(folder, run) : RunFolder.resume(folder, run);
    }

    /**
     * Where the run begins; a resumed one's state goes into the learner.
     *
     * @param epochs of the whole run
     * @param images that it trains on
     */
    Position begin(RunFolder run, Learner learner, int epochs, RunImages images) throws IOException {
        if (mode == Mode.NEW) {
            run.record(images);
            return Position.START;
        }
        run.requireSameImages(images).forEach(System.out::println);
        RunFolder.Resumed resumed = restored(run, learner);
        run.record(images);
        resumed.changes().forEach(change -> System.out.println("changed since the run began: " + change));
        Position at = resumed.position();
        System.out.println("resumed after " + at.epoch() + (at.epoch() == 1 ? " epoch" : " epochs")
                + (at.batch() == 0 ? "" : " and " + at.batch() + (at.batch() == 1 ? " step" : " steps"))
                + (at.epoch() < epochs ? "" : ", of " + epochs + ": nothing is left to train, raise epochs to go on"));
        return at;
    }

    private RunFolder.Resumed restored(RunFolder run, Learner learner) throws IOException {
        try {
            return run.restore(learner, checkpoint);
        } catch (DamagedCheckpointException e) {
            Optional<String> command =
                    e.other().map(other -> ": " + goOn() + " --checkpoint " + CommandWords.quoted(other.toString()));
            throw new IOException(e.getMessage() + command.orElse(""), e);
        }
    }

    /** The command that goes on with the run, as a shell takes it. */
    String goOn() {
        return CommandWords.line(words) + " --resume --run " + CommandWords.quoted(folder.toString());
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

    void sayEnd(RunFolder run, Learner learner, boolean done, int unreadable) {
        if (unreadable > 0) {
            System.out.println("skipped as unreadable: " + unreadable + (unreadable == 1 ? " image" : " images")
                    + ", named in the log above");
        }
        if (!done && !run.isSaved()) {
            System.out.println("stopped before the first step was over: nothing is kept");
            return;
        }
        if (!done) {
            System.out.println("stopped; go on with: " + goOn());
        }
        if (Files.exists(run.network(learner))) {
            System.out.println(learner.product() + ": " + run.network(learner));
        }
        if (Files.exists(Report.file(run.path()))) {
            System.out.println("report: " + Report.file(run.path()));
        }
    }

    /** What {@code events.jsonl} says of a run at each of its starts. */
    static Map<String, Object> about(RunIdentity identity) throws IOException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("version", new Version().getVersion()[0]);
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

    /** Diagnoses each epoch, and says what is news. */
    static Diagnosing diagnosing(Diagnosis.Task task, RunFolder run, RunLog log, EpochLine lines) {
        return new Diagnosing(task, run.metrics().rows(), (epochs, diagnosis, isNews) -> {
            log.health(epochs, diagnosis);
            if (isNews) {
                lines.add(diagnosis);
            }
        });
    }
}
