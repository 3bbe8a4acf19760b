package io.juxta.train.run;

import io.juxta.torch.StateDict;
import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.weights.Beside;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;

/**
 * The folder of a run, for one process at a time: {@code recipe.yaml} as resolved, {@code metrics.csv} with a row for
 * each epoch, {@code checkpoints/}, and {@code encoder.safetensors} under torchvision's key names, or {@code generator.safetensors}.
 *
 * <p>Every file is written beside its place, forced to the disk and then moved there: what was there stays until the new
 * is whole, also where the machine loses its power. Close the
 * folder when the run ends: a new run's that was never saved is taken away again.
 */
@API(status = API.Status.INTERNAL)
public final class RunFolder implements AutoCloseable {
    private final Path path;
    private final RunIdentity run;
    private final RunLock lock;
    private final Checkpoints checkpoints;
    private final MetricsLog metrics;
    /** What this run made: the folder, and those above it that were not there; the innermost first. */
    private final List<Path> made;

    private boolean keeps;
    private boolean saved;

    private RunFolder(Path path, RunIdentity run, RunLock lock, List<Path> made) {
        this.path = path;
        this.run = run;
        this.lock = lock;
        this.made = made;
        checkpoints = new Checkpoints(path.resolve(RunFiles.CHECKPOINTS));
        metrics = new MetricsLog(path.resolve(RunFiles.METRICS));
    }

    /**
     * Makes the folder of a new run.
     *
     * @param path must not exist, or be empty, or hold what is left of a run that ended before its first checkpoint,
     *     which is taken away
     * @throws IOException when it holds something, or cannot be made or written
     */
    public static RunFolder create(Path path, RunIdentity run) throws IOException {
        boolean again = Files.isDirectory(path) && RunFiles.neverBegan(path);
        if (!again) {
            requireFree(path);
        }
        List<Path> made = new ArrayList<>();
        for (Path folder = path.toAbsolutePath();
                folder != null && !Files.exists(folder);
                folder = folder.getParent()) {
            made.add(folder);
        }
        try {
            Files.createDirectories(path);
            RunFolder folder = new RunFolder(path, run, RunLock.take(path), made);
            try {
                if (again) {
                    folder.requireNeverBegun();
                    RunFiles.deleteAllBut(RunLock.NAME, path);
                }
                Files.createDirectories(path.resolve(RunFiles.CHECKPOINTS));
                for (Path folderMade : made) {
                    Beside.forceFolder(folderMade.resolveSibling("."));
                }
                folder.writeRecipe();
                return folder;
            } catch (IOException e) {
                folder.close();
                throw e;
            }
        } catch (RunLock.InUseException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "cannot make the run's folder " + path + " (" + Replacing.reason(e) + "): choose another --run", e);
        }
    }

    /** Another process may have taken it up before the lock was this one's. */
    private void requireNeverBegun() throws IOException {
        if (!RunFiles.neverBegan(path)) {
            keeps = true;
            throw new IOException("another run has begun in it");
        }
    }

    private static void requireFree(Path path) throws IOException {
        if (Files.exists(path.resolve(RunFiles.RECIPE))) {
            throw new IOException(path + " already holds a run: choose another --run, or --resume it");
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IOException(path + " is a file, a run needs a folder: choose another --run");
        }
        if (Files.isDirectory(path)) {
            try (Stream<Path> entries = Files.list(path)) {
                Optional<Path> first = entries.findFirst();
                if (first.isPresent()) {
                    throw new IOException(path + " is not empty (" + first.get().getFileName()
                            + "), a run needs a folder of its own: choose another --run");
                }
            }
        }
    }

    /**
     * Opens the folder of a run that ended early.
     *
     * @throws IOException when it is not a run's folder, or another run lives in it
     */
    public static RunFolder resume(Path path, RunIdentity run) throws IOException {
        Checkpoints kept = new Checkpoints(path.resolve(RunFiles.CHECKPOINTS));
        if (!Files.isRegularFile(path.resolve(RunFiles.RECIPE)) && kept.newest().isEmpty()) {
            throw new IOException(path + " holds no run (no recipe.yaml): start it without --resume");
        }
        RunFolder folder = new RunFolder(path, run, RunLock.take(path), List.of());
        // whatever is there is not this process's to take away
        folder.keeps = true;
        try {
            Files.createDirectories(path.resolve(RunFiles.CHECKPOINTS));
            folder.checkpoints.sweep();
            Beside.sweep(path);
            folder.saved = folder.checkpoints.newest().isPresent();
            return folder;
        } catch (IOException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Whether a run that trains lives in a folder, so that what lies there will change.
     *
     * @throws IOException when the folder cannot be read
     */
    public static boolean isLive(Path folder) throws IOException {
        return RunLock.isHeld(folder);
    }

    public Path path() {
        return path;
    }

    /** The rows of {@code metrics.csv}. */
    public MetricsLog metrics() {
        return metrics;
    }

    /** Whether there is a checkpoint, of this process or of the one before. */
    public boolean isSaved() {
        return saved;
    }

    /** Where the network lies, from the end of the first epoch on. */
    public Path network(Learner learner) {
        return path.resolve(learner.product() + ".safetensors");
    }

    /** Writes down what the run trains on, for {@link #requireSameImages} and for whoever goes on with it. */
    public void record(RunImages images) throws IOException {
        images.write(path.resolve(RunFiles.IMAGES));
    }

    /**
     * Refuses to go on with other images than the run began with.
     *
     * @return what a person should know of the comparison, a line each
     * @throws IOException when files are missing, new or others than they were, in one line that says which
     */
    public List<String> requireSameImages(RunImages images) throws IOException {
        Optional<RunImages.Recorded> recorded = RunImages.recorded(path);
        return recorded.isEmpty() ? List.of() : images.since(recorded.get());
    }

    /** Saves what the run goes on from; the checkpoint before becomes {@code previous}. */
    public void save(Learner learner, Position at) throws IOException {
        checkpoints.save(run, at, metrics.text(), learner);
        saved = true;
    }

    /** Writes the network; the run's recipe, which says what network it is, lies in the file. */
    public void saveNetwork(Learner learner) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Safetensors.writeSealed(network(learner), StateDict.of(learner.network()), Map.of("recipe", run.recipe()));
        }
    }

    /** Keeps the last checkpoint as the best. */
    public void keepAsBest() throws IOException {
        checkpoints.keepAsBest();
    }

    /** Keeps the last checkpoint for good, named by its epochs. */
    public void keepEpoch(int epochs) throws IOException {
        checkpoints.keepEpoch(epochs);
    }

    /**
     * Where a resumed run goes on.
     *
     * @param position of the checkpoint
     * @param changes of the recipe since then, a phrase each
     */
    public record Resumed(Position position, List<String> changes) {}

    /**
     * Takes a checkpoint into a learner, and its metrics into {@code metrics.csv}.
     *
     * @param from the checkpoint; empty for the last, and for the very beginning where there is none yet
     * @throws IOException when it is damaged or does not fit; it names another that is whole
     */
    public Resumed restore(Learner learner, Optional<Path> from) throws IOException {
        Optional<Path> file = from.or(checkpoints::newest);
        if (file.isEmpty()) {
            requireUnfinished();
            RunIdentity.Changes changes = run.since(written());
            writeRecipe();
            metrics.restore("");
            List<String> all = Stream.concat(changes.refused().stream(), changes.allowed().stream())
                    .toList();
            return new Resumed(Position.START, all);
        }
        try (PointerScope scope = new PointerScope()) {
            Checkpoint checkpoint = Checkpoint.read(file.get());
            List<String> changes = checkpoint.requireSameRun(run);
            checkpoint.restore(learner);
            metrics.restore(checkpoint.metrics());
            writeRecipe();
            return new Resumed(checkpoint.position(), changes);
        } catch (WeightsException e) {
            throw new DamagedCheckpointException(String.valueOf(e.getMessage()), checkpoints.insteadOf(file.get()), e);
        }
    }

    /** A run that was cut off in its first epoch has no checkpoint; of one that has had two, somebody took it away. */
    private void requireUnfinished() throws IOException {
        int epochs = metrics.recorded();
        if (epochs > 1) {
            throw new IOException(path.resolve(RunFiles.CHECKPOINTS) + " holds no checkpoint, though " + epochs
                    + " epochs are done: bring one back, or start anew in another --run");
        }
    }

    /** The recipe as it lies there; this run's own where there is none to speak of. */
    private String written() throws IOException {
        Path file = path.resolve(RunFiles.RECIPE);
        String text = Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        return text.isBlank() ? run.recipe() : text;
    }

    private void writeRecipe() throws IOException {
        Replacing.write(path.resolve(RunFiles.RECIPE), run.recipe());
    }

    /** Takes a new run's folder away again when the run ended before its first checkpoint, so that it can be tried anew. */
    @Override
    public void close() throws IOException {
        if (saved || keeps) {
            lock.close();
            return;
        }
        lock.closeAndDelete();
        try {
            RunFiles.delete(path);
            for (Path folder : made) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // somebody has put something there meanwhile: it is theirs
            return;
        }
    }
}
