package io.juxta.train.run;

import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;

/**
 * The checkpoints of a run: {@code last}, {@code previous}, {@code best}, and those of some epochs, which stay.
 *
 * <p>A new one is written whole under the name {@code next} before the others make way, so that at any moment one can be
 * resumed from. A file once named is never written to again: what stays is a second name for the same file.
 */
final class Checkpoints {
    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** The one to go on from; a save that was cut off between its moves leaves no last, but a whole next. */
    Optional<Path> newest() {
        return existing("last", "next", "previous").findFirst();
    }

    /** All but those of single epochs, the newest first. */
    Stream<Path> all() {
        return existing("last", "next", "previous", "best");
    }

    private Stream<Path> existing(String... names) {
        return Stream.of(names).map(this::file).filter(Files::exists);
    }

    /** Another whole one that can be offered where this one is damaged. */
    Optional<Path> insteadOf(Path damaged) {
        return all().filter(file -> !file.equals(damaged) && isWhole(file)).findFirst();
    }

    private static boolean isWhole(Path file) {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.read(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    void save(RunIdentity run, Position at, String metrics, Learner learner) throws IOException {
        Path last = file("last");
        Path next = file("next");
        Checkpoint.write(next, run, at, metrics, learner);
        if (Files.exists(last)) {
            Files.move(last, file("previous"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(next, last, StandardCopyOption.ATOMIC_MOVE);
        Beside.forceFolder(folder);
    }

    /** Keeps the last one as the best. */
    void keepAsBest() throws IOException {
        keep("best");
    }

    /** Keeps the last one under its epoch. */
    void keepEpoch(int epochs) throws IOException {
        keep(String.format(Locale.ROOT, "epoch-%04d", epochs));
    }

    private void keep(String name) throws IOException {
        Path beside = file("." + name + ".tmp");
        Files.deleteIfExists(beside);
        try {
            Files.createLink(beside, file("last"));
        } catch (IOException | UnsupportedOperationException e) {
            // a file system without links
            Files.copy(file("last"), beside);
            Beside.force(beside);
        }
        Files.move(beside, file(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Beside.forceFolder(folder);
    }

    /** Takes away what a process that was killed had not finished writing. */
    void sweep() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(".") && name.endsWith(".tmp")) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }
}
