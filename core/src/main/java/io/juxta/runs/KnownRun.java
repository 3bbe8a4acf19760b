package io.juxta.runs;

import io.juxta.distill.TeacherOptions;
import io.juxta.runs.methods.Beginning;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.KeptEpochs;
import io.juxta.train.run.RunImages;
import io.juxta.train.run.RunRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/**
 * A run that was made before, and what its folder knows.
 *
 * @param folder of the run
 */
@API(status = API.Status.EXPERIMENTAL)
public record KnownRun(Path folder) {
    /** The run that a file of weights lies in, directly or among its checkpoints. */
    public static Optional<KnownRun> of(Path weights) {
        Path folder = Optional.ofNullable(weights.getParent()).orElse(Path.of(""));
        Path name = folder.toAbsolutePath().normalize().getFileName();
        Path run = name != null && name.toString().equals("checkpoints")
                ? folder.resolve("..").normalize()
                : folder;
        return Optional.of(run)
                .filter(path -> Files.isRegularFile(path.resolve("recipe.yaml")))
                .map(KnownRun::new);
    }

    /**
     * The recipe that it goes on by, wherever that is whole.
     *
     * @param checkpoint that it goes on from; empty for the last
     * @param remark gets a line where the recipe's own file is not whole
     * @throws IOException when there is no run, or its recipe is nowhere whole
     */
    public Recipe recipe(Optional<Path> checkpoint, Consumer<String> remark) throws IOException {
        RunRecipe known = RunRecipe.read(folder, checkpoint);
        known.remark().ifPresent(remark);
        return known.recipe();
    }

    /**
     * A recipe that this run is to go on by, with the weights that the run began from and those of its teacher, which are among its
     * settings, and need not be given again.
     */
    public Recipe goingOn(Recipe named) {
        if (named.says("from") || !Files.isRegularFile(folder.resolve("recipe.yaml"))) {
            return named;
        }
        try {
            Recipe own = RunRecipe.read(folder, Optional.empty()).recipe();
            Beginning begun = own.bind(Beginning.class);
            Recipe on = begun.isRandom()
                    ? named
                    : named.with("from", quoted(begun.from())).with("from-sha256", begun.fromSha256());
            return taught(own, on);
        } catch (IOException e) {
            return named; // what is wrong with the folder is said when the run goes on
        }
    }

    private static Recipe taught(Recipe own, Recipe named) {
        TeacherOptions teacher = own.bind(TeacherOptions.class);
        // a copy, as what is bound of a recipe tells which keys it may have
        boolean knows = named.with(List.of()).bind(TeacherOptions.class).isKnown();
        return !teacher.isKnown() || knows
                ? named
                : named.with("teacher", quoted(teacher.teacher()))
                        .with("teacher-sha256", teacher.teacherSha256())
                        .with("dim", own.bind(Width.class).dim());
    }

    /** Of embeddings. */
    private record Width(int dim) {}

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /**
     * The checkpoint that was kept after an epoch.
     *
     * @param epoch from 1
     * @throws IOException when none was kept then, naming those that were
     */
    public Path checkpoint(int epoch) throws IOException {
        return KeptEpochs.of(folder, epoch);
    }

    /**
     * Where its images are.
     *
     * @throws IOException when it does not know, or they are there no more, in one line
     */
    public Path images() throws IOException {
        Path images = RunImages.folderOf(folder)
                .orElseThrow(
                        () -> new IOException(folder + " does not say where its images are (they were drawn, or the run"
                                + " is of an earlier version): say --data DIR"));
        if (!Files.isDirectory(images)) {
            throw new IOException("the images of " + folder + " were in " + Printable.line(images.toString())
                    + ", which is no folder here: say where they are with --data DIR");
        }
        return images;
    }

    /**
     * Where images are, as somebody says or as the run knows that the weights are of.
     *
     * @param weights a run's folder, or a file in one
     * @throws IOException when the run does not, or they are there no more, in one line
     * @throws IllegalArgumentException when there is no run to ask
     */
    public static Path images(Optional<Path> given, Path weights) throws IOException {
        if (given.isPresent()) {
            return given.get();
        }
        Optional<KnownRun> run = Files.isDirectory(weights) ? Optional.of(new KnownRun(weights)) : of(weights);
        return run.orElseThrow(() -> new IllegalArgumentException(
                        "--data is missing: " + weights + " is in no run's folder, which would know its images"))
                .images();
    }
}
