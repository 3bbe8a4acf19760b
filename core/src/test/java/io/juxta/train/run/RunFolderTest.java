package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.train.Position;
import io.juxta.train.TinyLearner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of a run: who may use it, when it is saved, and what is left at any moment. */
class RunFolderTest {
    private static final RunIdentity RUN = new RunIdentity("any", "lr: 0.1\nK: 8\n", Set.of("lr"), 8, "names");

    @TempDir
    Path root;

    private final TinyLearner learner = new TinyLearner();

    @AfterEach
    void close() {
        learner.close();
    }

    private Path path() {
        return root.resolve("run");
    }

    private Set<String> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(path().resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString().replace(".safetensors", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void twoRunsCannotShareAFolder() throws IOException {
        try (RunFolder first = RunFolder.create(path(), RUN)) {
            first.save(learner, Position.afterEpochs(1));
            String pid = Long.toString(ProcessHandle.current().pid());
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> RunFolder.resume(path(), RUN))
                        .isInstanceOf(IOException.class)
                        .hasMessage(path() + " is in use by another run (process " + pid
                                + "): wait until it ends, or choose another --run");
            }
        }
        try (RunFolder second = RunFolder.resume(path(), RUN)) {
            assertThat(second.isSaved()).isTrue();
        }
    }

    /** What was being written when the process was killed is nobody's; what others left is theirs. */
    @Test
    void aRunThatGoesOnTakesAwayWhatWasHalfWritten() throws IOException {
        try (RunFolder killed = RunFolder.create(path(), RUN)) {
            killed.save(learner, Position.afterEpochs(1));
        }
        Path half = Files.writeString(
                path().resolve(".detector.safetensors.0f8fad5b-d9cb-469f-a165-70867728950e.tmp"), "half");
        Path other = Files.writeString(path().resolve(".notes.tmp"), "mine");
        try (RunFolder resumed = RunFolder.resume(path(), RUN)) {
            assertThat(resumed.isSaved()).isTrue();
            assertThat(half).doesNotExist();
            assertThat(other).exists();
        }
    }

    @Test
    void itIsSavedEveryFewMinutesAtEpochsAndWhenStopped() throws IOException {
        AtomicLong clock = new AtomicLong();
        List<Position> told = new ArrayList<>();
        Map<String, Double> none = Map.of();
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            Checkpointing.Options options = new Checkpointing.Options(2, 2);
            Checkpointing saving =
                    new Checkpointing(folder, learner, options, Figure.KNN, Position.START, told::add, clock::get);
            saving.stopped(Position.START);
            assertThat(checkpoints()).isEmpty();
            clock.set(119_999_999_999L);
            saving.step(step(0, 1), 0.1, none);
            assertThat(checkpoints()).isEmpty();
            clock.set(120_000_000_000L);
            saving.step(step(0, 2), 0.1, none);
            assertThat(checkpoints()).containsExactly("last");
            saving.stopped(step(0, 2));
            assertThat(checkpoints()).containsExactly("last");
            saving.epoch(0, Map.of("loss", 2.0, "knn", 30.0));
            assertThat(checkpoints()).containsExactly("best", "last", "previous");
            saving.epoch(1, Map.of("loss", 1.0, "knn", 29.0));
            assertThat(checkpoints()).containsExactly("best", "epoch-0002", "last", "previous");
            saving.stopped(step(2, 3));
        }
        assertThat(told).containsExactly(step(0, 2), Position.afterEpochs(1), Position.afterEpochs(2), step(2, 3));
        assertThat(positionOf("best")).isEqualTo(Position.afterEpochs(1));
        assertThat(positionOf("epoch-0002")).isEqualTo(Position.afterEpochs(2));
        assertThat(positionOf("previous")).isEqualTo(Position.afterEpochs(2));
        assertThat(positionOf("last")).isEqualTo(step(2, 3));
        assertThat(Files.readString(path().resolve("metrics.csv"))).hasLineCount(3);
    }

    /** As good is not better, though a third has more digits than are written down; an untrained network is no epoch. */
    @Test
    void theFirstOfTheBestEpochsIsKept() throws IOException {
        for (double value : List.of(250 / 3.0, 200 / 3.0)) {
            Path run = root.resolve("run" + (int) value);
            try (RunFolder folder = RunFolder.create(run, RUN)) {
                folder.metrics().add(0, Map.of("knn", 100.0));
                Checkpointing saving = new Checkpointing(
                        folder, learner, new Checkpointing.Options(0, 0), Figure.KNN, Position.START, at -> {});
                saving.epoch(0, Map.of("loss", 2.0, "knn", 40.0));
                saving.epoch(1, Map.of("loss", 1.0, "knn", value));
                saving.epoch(2, Map.of("loss", 1.0, "knn", value));
                saving.epoch(3, Map.of("loss", 1.0));
            }
            assertThat(Checkpoint.read(run.resolve("checkpoints/best.safetensors"))
                            .position())
                    .isEqualTo(Position.afterEpochs(2));
        }
    }

    /** The minutes are counted from the last save, not from the clock's zero or the run's beginning. */
    @Test
    void theMinutesBeginAnewWithEachSave() throws IOException {
        long minute = 60_000_000_000L;
        AtomicLong clock = new AtomicLong(17 * minute);
        List<Position> told = new ArrayList<>();
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            Checkpointing.Options options = new Checkpointing.Options(2, 0);
            Checkpointing saving =
                    new Checkpointing(folder, learner, options, Figure.KNN, Position.START, told::add, clock::get);
            for (int i = 1; i <= 6; i++) {
                clock.addAndGet(minute);
                saving.step(step(0, i), 0.1, Map.of());
            }
        }
        assertThat(told).containsExactly(step(0, 2), step(0, 4), step(0, 6));
    }

    private static Position step(int epoch, int batch) {
        return new Position(epoch, batch, Map.of("loss", 1.25), 3, 0.5);
    }

    private Position positionOf(String name) throws IOException {
        return Checkpoint.read(path().resolve("checkpoints/" + name + ".safetensors"))
                .position();
    }

    /** A run that was killed in its first epoch begins again; nobody's finished epochs are overwritten. */
    @Test
    void aRunWhoseCheckpointsAreGoneIsNotBegunAgain() throws IOException {
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            folder.save(learner, Position.START);
            folder.metrics().add(0, Map.of("knn", 10.0));
            folder.metrics().add(1, Map.of("loss", 2.0));
        }
        Files.delete(path().resolve("checkpoints/last.safetensors"));
        assertThat(resumed()).isEqualTo(Position.START);
        Files.writeString(path().resolve("metrics.csv"), "epoch,loss\n0,\n1,2\n2,1\n");
        assertThatThrownBy(this::resumed)
                .isInstanceOf(IOException.class)
                .hasMessage(path().resolve("checkpoints")
                        + " holds no checkpoint, though 2 epochs are done: bring one back, or start anew in another"
                        + " --run");
        assertThat(path().resolve("metrics.csv")).content().contains("2,1\n");
    }

    /** A save is cut off before, between and after its moves. */
    @Test
    void atEveryMomentOfASaveThereIsOneToGoOnFrom() throws IOException {
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            folder.save(learner, Position.afterEpochs(1));
            folder.save(learner, Position.afterEpochs(2));
        }
        Path last = path().resolve("checkpoints/last.safetensors");
        Path next = path().resolve("checkpoints/next.safetensors");
        Path beside = path().resolve("checkpoints/.next.safetensors.1234.tmp");
        Files.copy(last, next);
        Files.write(beside, new byte[100]);
        assertThat(resumed()).isEqualTo(Position.afterEpochs(2));
        assertThat(beside).doesNotExist();
        Files.delete(last);
        assertThat(resumed()).isEqualTo(Position.afterEpochs(2));
        Files.delete(next);
        assertThat(resumed()).isEqualTo(Position.afterEpochs(1));
        Files.delete(path().resolve("checkpoints/previous.safetensors"));
        assertThat(resumed()).isEqualTo(Position.START);
    }

    private Position resumed() throws IOException {
        try (RunFolder folder = RunFolder.resume(path(), RUN)) {
            return folder.restore(learner, Optional.empty()).position();
        }
    }

    @Test
    void aRunThatWasNeverSavedTakesItsLogAwayButNothingElse() throws IOException {
        List<String> logged = List.of(
                "events.jsonl",
                "events.out.tfevents.0000000001.host.1.0",
                "projector_config.pbtxt",
                "projector/tensors.tsv",
                "projector/metadata.tsv",
                "projector/sprite.png",
                "images.tsv.gz",
                "report.html",
                "snapshots/origin.json",
                "snapshots/epoch-0.json",
                "snapshots/translated-0.jpg",
                "snapshots/.views.jpg.1-1.tmp");
        for (String other : List.of("", "notes.txt")) {
            try (RunFolder folder = RunFolder.create(path(), RUN)) {
                folder.metrics().add(0, Map.of("knn", 1.0));
                Files.createDirectory(path().resolve("projector"));
                Files.createDirectory(path().resolve("snapshots"));
                for (String name : logged) {
                    Files.createFile(path().resolve(name));
                }
                Files.writeString(path().resolve(other.isEmpty() ? "metrics.csv" : other), "");
            }
            if (other.isEmpty()) {
                assertThat(path()).doesNotExist();
            } else {
                assertThat(path()).isDirectoryContaining("glob:**" + other);
            }
        }
    }

    /** As a process that was killed leaves it; a second process is not let in while the first one lives. */
    @Test
    void whatNeverBeganBeginsAgain() throws IOException {
        Files.createDirectories(path().resolve("snapshots"));
        Files.writeString(path().resolve("recipe.yaml"), "");
        Files.writeString(path().resolve("snapshots/sample.json"), "{}");
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            assertThat(path().resolve("snapshots")).doesNotExist();
            assertThat(path().resolve("recipe.yaml")).hasContent(RUN.recipe());
            assertThatThrownBy(() -> RunFolder.create(path(), RUN)).hasMessageContaining("is in use by another run");
            folder.save(learner, Position.afterEpochs(1));
        }
        assertThatThrownBy(() -> RunFolder.create(path(), RUN))
                .hasMessage(path() + " already holds a run: choose another --run, or --resume it");
    }

    @Test
    void aNewRateIsWrittenDown() throws IOException {
        try (RunFolder folder = RunFolder.create(path(), RUN)) {
            folder.save(learner, Position.afterEpochs(1));
        }
        RunIdentity slower = new RunIdentity("any", "lr: 0.01\nK: 8\n", Set.of("lr"), 8, "names");
        try (RunFolder folder = RunFolder.resume(path(), slower)) {
            assertThat(folder.restore(learner, Optional.empty()).changes()).isEqualTo(List.of("lr 0.1 -> 0.01"));
        }
        assertThat(Files.readString(path().resolve("recipe.yaml"))).isEqualTo(slower.recipe());
    }
}
