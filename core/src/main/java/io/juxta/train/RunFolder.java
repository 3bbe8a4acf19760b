package io.juxta.train;

import io.juxta.torch.StateDict;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The folder of a run: {@code recipe.yaml} as resolved, {@code metrics.csv} with a row for each epoch,
 * {@code checkpoints/last.safetensors} and {@code previous.safetensors}, and {@code encoder.safetensors} under
 * torchvision's key names.
 */
public final class RunFolder {
    private static final String EPOCHS = "epochs";
    private static final String RECIPE = "recipe";
    private static final List<String> COLUMNS = List.of(
            "loss", "acc1", "acc5", "lr", "seconds", "images_per_second", "waiting_share", "resident_mib", "knn");

    private final Path path;
    private final String recipe;

    private RunFolder(Path path, String recipe) {
        this.path = path;
        this.recipe = recipe;
    }

    /**
     * Makes the folder of a new run.
     *
     * @param path must not exist, or be empty
     * @param recipe the resolved recipe's text
     * @throws IOException when it holds something, or cannot be made or written
     */
    public static RunFolder create(Path path, String recipe) throws IOException {
        try {
            Files.createDirectories(path.resolve("checkpoints"));
            try (Stream<Path> entries = Files.list(path)) {
                if (entries.count() > 1) {
                    throw new IOException(path + " already holds a run: choose another --run, or --resume it");
                }
            }
            Files.writeString(path.resolve("recipe.yaml"), recipe);
        } catch (AccessDeniedException e) {
            throw new IOException(path + " cannot be written: choose another --run", e);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " is a file: choose another --run", e);
        }
        return new RunFolder(path, recipe);
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
        return new RunFolder(path, recipe);
    }

    public Path path() {
        return path;
    }

    /** Where the encoder lies. */
    public Path encoder() {
        return path.resolve("encoder.safetensors");
    }

    /**
     * Adds a row to {@code metrics.csv}.
     *
     * @param epochs that are finished; 0 for what was measured before the first
     * @param metrics by column; an unmeasured one stays empty, as does one that is no number
     */
    public void log(int epochs, Map<String, Double> metrics) throws IOException {
        Path file = path.resolve("metrics.csv");
        StringBuilder text = new StringBuilder();
        if (!Files.exists(file)) {
            text.append("epoch,").append(String.join(",", COLUMNS)).append('\n');
        }
        text.append(epochs);
        for (String column : COLUMNS) {
            double value = metrics.getOrDefault(column, Double.NaN);
            text.append(',').append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.8g", value));
        }
        Files.writeString(file, text.append('\n'), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Saves what the run goes on from; the checkpoint before becomes {@code previous}.
     *
     * @param epochs that are finished
     */
    public void save(Learner learner, int epochs) throws IOException {
        Path last = checkpoint("last");
        Path next = checkpoint("next");
        Safetensors.write(next, learner.state(), Map.of(EPOCHS, Integer.toString(epochs), RECIPE, recipe));
        if (Files.exists(last)) {
            Files.move(
                    last, checkpoint("previous"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(next, last, StandardCopyOption.ATOMIC_MOVE);
        Safetensors.write(encoder(), StateDict.of(learner.encoder()), Map.of(RECIPE, recipe));
    }

    /**
     * Takes the last checkpoint into a learner.
     *
     * @return the number of epochs that it has behind it
     * @throws IOException when there is none, or it does not fit
     */
    public int restore(Learner learner) throws IOException {
        Path last = checkpoint("last");
        if (!Files.exists(last)) {
            return 0;
        }
        Safetensors.Loaded loaded = Safetensors.read(last);
        Map<String, Tensor> own = new LinkedHashMap<>(learner.state());
        if (!own.keySet().equals(loaded.tensors().keySet())
                || !loaded.metadata().containsKey(EPOCHS)) {
            throw new IOException(last + " is not a checkpoint of this method and recipe");
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            own.forEach((name, tensor) ->
                    tensor.copy_(Objects.requireNonNull(loaded.tensors().get(name))));
        }
        learner.restored(loaded.tensors());
        return Integer.parseInt(Objects.requireNonNull(loaded.metadata().get(EPOCHS)));
    }

    private Path checkpoint(String name) {
        return path.resolve("checkpoints").resolve(name + ".safetensors");
    }
}
