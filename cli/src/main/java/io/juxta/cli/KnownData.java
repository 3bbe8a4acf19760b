package io.juxta.cli;

import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the images of a run are, which its folder knows. */
final class KnownData {
    private KnownData() {}

    /**
     * @param run the run's folder
     * @throws IOException when it does not know, or they are there no more, in one line
     */
    static Path of(Path run) throws IOException {
        Path folder = RunImages.folderOf(run)
                .orElseThrow(
                        () -> new IOException(run + " does not say where its images are (they were drawn, or the run"
                                + " is of an earlier version): say --data DIR"));
        if (!Files.isDirectory(folder)) {
            throw new IOException("the images of " + run + " were in " + Printable.line(folder.toString())
                    + ", which is no folder here: say where they are with --data DIR");
        }
        return folder;
    }

    /**
     * As the command says, or as the run knows that the weights are of.
     *
     * @param weights a run's folder, or a file in one
     * @throws IOException when the run does not, or they are there no more, in one line
     * @throws IllegalArgumentException when there is no run to ask
     */
    static Path of(Optional<Path> given, Path weights) throws IOException {
        if (given.isPresent()) {
            return given.get();
        }
        Optional<Path> run = Files.isDirectory(weights) ? Optional.of(weights) : RunFolders.of(weights);
        return of(run.orElseThrow(() -> new IllegalArgumentException(
                "--data is missing: " + weights + " is in no run's folder, which would know its images")));
    }
}
