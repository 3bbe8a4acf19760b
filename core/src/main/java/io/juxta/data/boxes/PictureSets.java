package io.juxta.data.boxes;

import io.juxta.data.Split;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apiguardian.api.API;

/**
 * Finds pictures with boxes in a folder: PASCAL VOC's as they are unpacked ({@code VOCdevkit/VOC2007}, several years at
 * once), COCO's ({@code annotations/instances_train2017.json} and {@code train2017}), or any folder of pictures with VOC's XML
 * beside them or in {@code annotations}, with or without folders {@code train} and {@code test} (or {@code val}).
 */
@API(status = API.Status.INTERNAL)
public final class PictureSets {
    private static final List<String> HELD_OUT = List.of("test", "val", "valid", "validation");

    private PictureSets() {}

    /**
     * Opens a part of a set. Of VOC, training is {@code trainval} of every year that there is, and what is held out {@code
     * test}, or {@code val} of the first year that has one, beside which training is {@code train} alone.
     *
     * @param classes names that the boxes may have, in their order; none for those that there are, in alphabetical order
     * @throws IOException naming the file and what is wrong with it
     */
    public static BoxedPictures open(Path root, Split split, List<String> classes) throws IOException {
        return find(root, split, classes)
                .orElseThrow(() -> new IOException(
                        root + ": no folder test or val in it; put the held-out pictures into" + " one"));
    }

    /** As {@link #open}, and nothing where nothing is held out. */
    public static Optional<BoxedPictures> find(Path root, Split split, List<String> classes) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root
                    + (Files.exists(root)
                            ? ": not a folder; give the one that holds the pictures"
                            : ": no such folder"));
        }
        Path devkit = Files.isDirectory(root.resolve("VOCdevkit")) ? root.resolve("VOCdevkit") : root;
        List<Path> years = VocYears.in(devkit);
        if (!years.isEmpty()) {
            return VocYears.open(root, years, split, classes);
        }
        if (!CocoInstances.files(root).isEmpty()) {
            return CocoInstances.open(root, split, classes);
        }
        Optional<Path> train = folder(root, List.of("train"));
        Optional<Path> heldOut = folder(root, HELD_OUT);
        if (split == Split.TRAIN) {
            return Optional.of(XmlFolder.open(train.orElse(root), names(train.orElse(root), classes)));
        }
        if (heldOut.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(XmlFolder.open(heldOut.get(), names(train.orElse(heldOut.get()), classes)));
    }

    /** The classes of the training part, where nobody names others: what is held out is judged by the same. */
    private static List<String> names(Path folder, List<String> classes) throws IOException {
        return classes.isEmpty() ? List.copyOf(new TreeSet<>(XmlFolder.names(folder))) : classes;
    }

    private static Optional<Path> folder(Path root, List<String> names) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    found.add(file);
                }
            }
        }
        return names.stream()
                .flatMap(name -> found.stream()
                        .filter(file -> String.valueOf(file.getFileName())
                                .toLowerCase(Locale.ROOT)
                                .equals(name)))
                .findFirst();
    }
}
