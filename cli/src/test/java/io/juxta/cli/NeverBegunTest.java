package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A run that ended before its first checkpoint, however it ended: the same command begins it again. */
class NeverBegunTest extends TinyRuns {
    /** Every file that a run has made before its first step is over, as a kill leaves them. */
    private static Path killed(String name) throws IOException {
        Path run = root.resolve(name);
        Path left = root.resolve(name + "-left");
        BooleanSupplier stop = () -> {
            try (Stream<Path> all = Files.walk(run)) {
                for (Path file : all.toList()) {
                    Path to = left.resolve(run.relativize(file).toString());
                    if (!Files.isDirectory(file)) {
                        Files.createDirectories(to.getParent());
                        Files.copy(file, to);
                    } else {
                        Files.createDirectories(to);
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return true;
        };
        assertThat(train(data, run, TWO_EPOCHS, stop)).isFalse();
        assertThat(run).doesNotExist();
        assertThat(left.resolve("snapshots/epoch-0.json")).exists();
        return left;
    }

    @Test
    void theSameCommandBeginsAgainWhatWasKilled() throws IOException {
        Path run = killed("killed");
        Files.createFile(run.resolve("snapshots/.epoch-0.json.1-1.tmp"));
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS);
        assertThat(again.err()).isEmpty();
        assertSameRun(run);
        assertThat(TinyRun.below(run)).containsExactlyElementsOf(FINISHED);
    }

    @Test
    void snapshotsAloneAreNoRun() throws IOException {
        Path run = killed("snapshots");
        Files.delete(run.resolve("recipe.yaml"));
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS);
        assertThat(again.err()).isEmpty();
        assertSameRun(run);
    }

    @Test
    void anEmptyRecipeWithoutCheckpointsIsBegunAgain() throws IOException {
        Path run = killed("empty");
        Files.write(run.resolve("recipe.yaml"), new byte[0]);
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS);
        assertThat(again.err()).isEmpty();
        assertSameRun(run);
    }

    /** What lies there besides is somebody's, and so is a run that has come further. */
    @Test
    void nothingElseIsTakenAway() throws IOException {
        Path run = killed("notes");
        Files.writeString(run.resolve("snapshots/notes.txt"), "mine");
        assertThat(pretrain(run, TWO_EPOCHS).err()).contains("already holds a run");
        assertThat(run.resolve("snapshots/notes.txt")).hasContent("mine");
        Files.delete(run.resolve("snapshots/notes.txt"));
        Files.writeString(run.resolve("metrics.csv"), "epoch,loss\n0,\n1,2\n");
        assertThat(pretrain(run, TWO_EPOCHS).err()).contains("already holds a run");
        assertThat(run.resolve("metrics.csv")).content().contains("1,2");
    }

    /** A failure that is none of files, as when a picture of the run cannot be made for want of memory. */
    @Test
    void aRunThatFailsLeavesNothing() {
        Path run = root.resolve("failed");
        BooleanSupplier failing = () -> {
            throw new IllegalStateException("in the first step");
        };
        assertThatThrownBy(() -> train(data, run, List.of("epochs=1"), failing)).hasMessage("in the first step");
        assertThat(run).doesNotExist();
    }
}
