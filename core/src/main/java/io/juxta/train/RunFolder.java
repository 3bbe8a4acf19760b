package io.juxta.train;

import io.juxta.torch.StateDict;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The folder of a run: {@code recipe.yaml} as resolved, {@code metrics.csv} with a row for each epoch,
 * {@code checkpoints/last.safetensors} and {@code previous.safetensors}, and {@code encoder.safetensors} under
 * torchvision's key names.
 *
 * <p>Every file is written beside its place and then moved there: what was there stays until the new is whole. Close the
 * folder when the run ends: a new run's that was never saved is taken away again.
 */
public final class RunFolder implements AutoCloseable {
    private static final String EPOCHS = "epochs";
    private static final String RECIPE = "recipe";
    private static final String CHECKPOINTS = "checkpoints";
    private static final List<String> COLUMNS = List.of(
            "loss", "acc1", "acc5", "lr", "seconds", "images_per_second", "waiting_share", "resident_mib", "knn");

    private final Path path;
    private final String recipe;
    /** What this run made: the folder, and those above it that were not there; the innermost first. */
    private final List<Path> made;

    private boolean keeps;
    private boolean saved;

    private RunFolder(Path path, String recipe, List<Path> made) {
        this.path = path;
        this.recipe = recipe;
        this.made = made;
    }

    /**
     * Makes the folder of a new run.
     *
     * @param path must not exist, or be empty
     * @param recipe the resolved recipe's text
     * @throws IOException when it holds something, or cannot be made or written
     */
    public static RunFolder create(Path path, String recipe) throws IOException {
        requireFree(path);
        List<Path> made = new ArrayList<>();
        for (Path folder = path.toAbsolutePath();
                folder != null && !Files.exists(folder);
                folder = folder.getParent()) {
            made.add(folder);
        }
        RunFolder run = new RunFolder(path, recipe, made);
        try {
            Files.createDirectories(path.resolve(CHECKPOINTS));
            run.replace("recipe.yaml", recipe);
            return run;
        } catch (IOException e) {
            try {
                run.close();
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw new IOException(
                    "cannot make the run's folder " + path + " (" + reason(e) + "): choose another --run", e);
        }
    }

    private static void requireFree(Path path) throws IOException {
        if (Files.exists(path.resolve("recipe.yaml"))) {
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
     * @throws IOException when it is not a run's folder, or the run had another recipe
     */
    public static RunFolder resume(Path path, String recipe) throws IOException {
        Path file = path.resolve("recipe.yaml");
        if (!Files.isRegularFile(file)) {
            throw new IOException(path + " holds no run (no recipe.yaml): start it without --resume");
        }
        List<String> was = Files.readAllLines(file);
        List<String> is = recipe.lines().toList();
        if (!was.equals(is)) {
            String changed = is.stream().filter(line -> !was.contains(line)).collect(Collectors.joining("; "));
            throw new IOException(path + " was started with another recipe; changed: "
                    + (changed.isEmpty() ? "keys left out" : changed) + ": resume with the same one");
        }
        RunFolder run = new RunFolder(path, recipe, List.of());
        // whatever is there is not this process's to take away
        run.keeps = true;
        run.saved = run.newest().isPresent();
        return run;
    }

    public Path path() {
        return path;
    }

    /** Whether there is a checkpoint, of this process or of the one before, and with it an encoder. */
    public boolean isSaved() {
        return saved;
    }

    /** Where the encoder lies. */
    public Path encoder() {
        return path.resolve("encoder.safetensors");
    }

    /**
     * Adds a row to {@code metrics.csv}. Rows of this and of later epochs, which a run has that was cut off before its
     * checkpoint was written, give way.
     *
     * @param epochs that are finished; 0 for what was measured before the first
     * @param metrics by column; an unmeasured one stays empty, as does one that is no number
     */
    public void log(int epochs, Map<String, Double> metrics) throws IOException {
        Path file = path.resolve("metrics.csv");
        StringBuilder text = new StringBuilder();
        text.append("epoch,").append(String.join(",", COLUMNS)).append('\n');
        if (Files.exists(file)) {
            Files.readAllLines(file).stream()
                    .skip(1)
                    .filter(row -> isBefore(row, epochs))
                    .forEach(row -> text.append(row).append('\n'));
        }
        text.append(epochs);
        for (String column : COLUMNS) {
            double value = metrics.getOrDefault(column, Double.NaN);
            text.append(',').append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.8g", value));
        }
        replace("metrics.csv", text.append('\n').toString());
    }

    private static boolean isBefore(String row, int epochs) {
        String epoch = row.substring(0, Math.max(0, row.indexOf(',')));
        return epoch.matches("\\d{1,9}") && Integer.parseInt(epoch) < epochs;
    }

    /**
     * Saves the encoder, and what the run goes on from; the checkpoint before becomes {@code previous}. The checkpoint
     * comes last: whenever this is cut off, the run goes on from the one before and writes the encoder anew.
     *
     * @param epochs that are finished
     */
    public void save(Learner learner, int epochs) throws IOException {
        Path last = checkpoint("last");
        Path next = checkpoint("next");
        Safetensors.write(encoder(), StateDict.of(learner.encoder()), Map.of(RECIPE, recipe));
        Safetensors.write(next, learner.state(), Map.of(EPOCHS, Integer.toString(epochs), RECIPE, recipe));
        saved = true;
        if (Files.exists(last)) {
            Files.move(
                    last, checkpoint("previous"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(next, last, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Takes the last checkpoint into a learner.
     *
     * @return the number of epochs that it has behind it
     * @throws IOException when it is damaged or does not fit
     */
    public int restore(Learner learner) throws IOException {
        Optional<Path> newest = newest();
        if (newest.isEmpty()) {
            return 0;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Safetensors.Loaded loaded = Safetensors.read(newest.get());
            Map<String, Tensor> own = learner.state();
            String epochs = loaded.metadata().getOrDefault(EPOCHS, "");
            if (!shapes(own).equals(shapes(loaded.tensors())) || !epochs.matches("\\d{1,9}")) {
                throw new IOException(newest.get() + " is not a checkpoint of this method and recipe: start anew, in"
                        + " another --run");
            }
            own.forEach((name, tensor) ->
                    tensor.copy_(Objects.requireNonNull(loaded.tensors().get(name))));
            learner.restored(loaded.tensors());
            return Integer.parseInt(epochs);
        }
    }

    private static Map<String, String> shapes(Map<String, Tensor> tensors) {
        Map<String, String> shapes = new HashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, StateDict.shape(tensor)));
        return shapes;
    }

    /** A save that was cut off between its two moves leaves no last, but a whole next. */
    private Optional<Path> newest() {
        return Stream.of("last", "next", "previous")
                .map(this::checkpoint)
                .filter(Files::exists)
                .findFirst();
    }

    private Path checkpoint(String name) {
        return path.resolve(CHECKPOINTS).resolve(name + ".safetensors");
    }

    private void replace(String name, String text) throws IOException {
        Path file = path.resolve(name);
        Path beside = path.resolve("." + name + ".tmp");
        try {
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + reason(e), e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
        return reason == null ? String.valueOf(e.getMessage()) : reason;
    }

    /** Takes a new run's folder away again when the run ended before its first checkpoint, so that it can be tried anew. */
    @Override
    public void close() throws IOException {
        if (saved || keeps) {
            return;
        }
        try {
            for (String name : List.of("metrics.csv", "encoder.safetensors", "recipe.yaml", CHECKPOINTS)) {
                Files.deleteIfExists(path.resolve(name));
            }
            for (Path folder : made) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // somebody has put something there meanwhile: it is theirs
            return;
        }
    }
}
