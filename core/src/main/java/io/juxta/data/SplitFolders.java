package io.juxta.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The folders of a data set that are called after what they are for.
 *
 * @param train with the images to learn from; empty where the whole folder is that
 * @param heldOut those that may be judged by, the first first
 */
record SplitFolders(Optional<Path> train, List<Path> heldOut) {
    private static final String TRAIN = "train";
    private static final String TRAINING = "training";
    private static final List<String> HELD_OUT = List.of("test", "val", "testing", "valid", "validation");
    private static final Set<String> ALL = Set.of(TRAIN, TRAINING, "test", "val", "testing", "valid", "validation");

    /** @throws IOException when the folder cannot be read, or two of its folders have the same name but for large letters */
    static SplitFolders of(Path root) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String lower = name.toLowerCase(Locale.ROOT);
                if (ALL.contains(lower) && Files.isDirectory(file)) {
                    Path other = found.put(lower, file);
                    if (other != null) {
                        throw new IOException(root + ": it has folders " + other.getFileName() + " and " + name
                                + ", which are the same but for large letters: rename one of them");
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        List<Path> heldOut = new ArrayList<>();
        for (String name : HELD_OUT) {
            Optional.ofNullable(found.get(name)).ifPresent(heldOut::add);
        }
        Optional<Path> train = Optional.ofNullable(found.get(TRAIN));
        if (train.isEmpty() && !heldOut.isEmpty()) {
            train = Optional.ofNullable(found.get(TRAINING));
        }
        return new SplitFolders(train, List.copyOf(heldOut));
    }
}
