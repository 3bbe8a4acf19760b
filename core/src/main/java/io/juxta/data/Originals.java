package io.juxta.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The files and folders that somebody's work reads, and that nothing it writes may take the place of: asked before
 * anything is written, by every command that reads a folder. Where a path leads is decided by what is there, not by how
 * it is spelt: links, {@code ..}, large letters on a file system that knows no difference, a folder mounted twice.
 *
 * <pre>{@code
 * Originals originals = Originals.of(photos);
 * originals.requireOutside(output); // a folder of results
 * originals.requireNoneAt(output.resolve("a.png")); // each file
 * }</pre>
 *
 * @param inputs folders, or single files
 */
@API(status = API.Status.INTERNAL)
public record Originals(List<Path> inputs) {
    public Originals {
        inputs = List.copyOf(inputs);
    }

    public static Originals of(Path... inputs) {
        return new Originals(List.of(inputs));
    }

    /**
     * Lets a folder be written into that lies in no input: what is written there would be read the next time.
     *
     * @param folder need not exist
     * @throws IllegalArgumentException when it is an input or lies in one, in one line
     */
    public void requireOutside(Path folder) throws IOException {
        for (Path input : inputs) {
            if (lies(folder, input)) {
                throw new IllegalArgumentException("the output " + folder + " lies in the input " + input
                        + ": results would be taken for images; choose a folder outside");
            }
        }
    }

    /**
     * Lets a file be written that is none of the inputs. A new file beside the images is let through, as it harms
     * nobody; one that is there already is not replaced, whatever else may say so. What a run keeps in its own folder is
     * not an input, also where the folder lies in one.
     *
     * @param file need not exist
     * @throws IllegalArgumentException when it is there and lies in an input, in one line
     */
    public void requireNoneAt(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        for (Path input : inputs) {
            if (lies(file, input) && !liesInRun(file, input)) {
                throw new IllegalArgumentException(file + " is there already, among what " + input
                        + " holds, and would be lost: choose another name, or a place outside");
            }
        }
    }

    /**
     * Lets a file of results be written that would be read as an image in no input.
     *
     * @param file need not exist
     * @throws IllegalArgumentException when it lies in an input, in one line
     */
    public void requireFileOutside(Path file) throws IOException {
        for (Path input : inputs) {
            if (lies(file, input)) {
                throw new IllegalArgumentException("the output " + file + " lies in the input " + input
                        + ": choose a folder outside, of which no part leads into it");
            }
        }
    }

    /** Whether a path is a folder or lies in it, or is the same file. */
    private static boolean lies(Path path, Path input) throws IOException {
        if (!Files.exists(input)) {
            return false;
        }
        for (Path at = real(path); at != null; at = at.getParent()) {
            if (Files.exists(at) && Files.isSameFile(at, input)) {
                return true;
            }
        }
        return false;
    }

    private static boolean liesInRun(Path file, Path input) throws IOException {
        Path top = input.toRealPath();
        for (Path at = real(file).getParent(); at != null && !at.equals(top); at = at.getParent()) {
            if (OwnRuns.isOne(at)) {
                return true;
            }
        }
        return false;
    }

    /** Where a path leads: the real path of as much of it as is there, and the rest. */
    private static Path real(Path path) throws IOException {
        Path all = path.toAbsolutePath();
        for (@Nullable Path there = all; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                Path led = there.toRealPath();
                Path whole = led.resolve(there.relativize(all)).normalize();
                // what is not there holds no link: two dots in it may lead back to what is there
                return Files.exists(whole) ? whole.toRealPath() : whole;
            }
        }
        return all.normalize();
    }
}
