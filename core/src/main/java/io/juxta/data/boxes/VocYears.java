package io.juxta.data.boxes;

import io.juxta.data.Split;
import io.juxta.data.boxes.BoxedPictures.Picture;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** PASCAL VOC as it is unpacked: folders {@code VOC2007} and so on, with {@code ImageSets/Main}, Annotations and JPEGImages. */
final class VocYears {
    private static final long LONGEST_LIST = 256L << 20;

    /** A picture that a list names. */
    private record Listed(Path year, String id) {}

    private VocYears() {}

    /** The years below a folder, or the folder itself where it is one. */
    static List<Path> in(Path devkit) throws IOException {
        if (isYear(devkit)) {
            return List.of(devkit);
        }
        List<Path> years = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(devkit)) {
            for (Path file : files) {
                if (isYear(file)) {
                    years.add(file);
                }
            }
        }
        years.sort(null);
        return years;
    }

    private static boolean isYear(Path folder) {
        return Files.isDirectory(folder.resolve("ImageSets").resolve("Main"))
                && Files.isDirectory(folder.resolve("Annotations"));
    }

    private static Path list(Path year, String name) {
        return year.resolve("ImageSets").resolve("Main").resolve(name + ".txt");
    }

    static Optional<BoxedPictures> open(Path root, List<Path> years, Split split, List<String> classes)
            throws IOException {
        Optional<Path> test =
                years.stream().filter(year -> Files.exists(list(year, "test"))).findFirst();
        Optional<Path> val =
                years.stream().filter(year -> Files.exists(list(year, "val"))).findFirst();
        List<Listed> training = new ArrayList<>();
        for (Path year : years) {
            // what is judged by is not learned from
            boolean all = test.isPresent() && Files.exists(list(year, "trainval"));
            String name = all ? "trainval" : "train";
            if (Files.exists(list(year, name))) {
                training.addAll(listed(year, name));
            }
        }
        List<Listed> heldOut = new ArrayList<>();
        if (test.isPresent()) {
            heldOut.addAll(listed(test.get(), "test"));
        } else if (val.isPresent()) {
            heldOut.addAll(listed(val.get(), "val"));
        }
        List<Listed> wanted = split == Split.TRAIN ? training : heldOut;
        if (wanted.isEmpty() && split == Split.TRAIN) {
            throw new IOException(root + ": no list train or trainval in ImageSets/Main");
        }
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = classes;
        if (names.isEmpty()) {
            Set<String> found = new TreeSet<>();
            for (Listed picture : training.isEmpty() ? wanted : training) {
                annotation(picture).objects().forEach(object -> found.add(object.name()));
            }
            names = List.copyOf(found);
        }
        return Optional.of(read(root, wanted, names));
    }

    private static List<Listed> listed(Path year, String name) throws IOException {
        Path file = list(year, name);
        if (Files.size(file) > LONGEST_LIST) {
            throw new IOException(file + ": a list of more than " + LONGEST_LIST + " bytes");
        }
        List<Listed> listed = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String line : Files.readAllLines(file)) {
            String id = line.strip().split("\\s+", 2)[0];
            if (id.isEmpty()) {
                continue;
            }
            if (id.contains("..") || id.startsWith("/") || id.contains("\\")) {
                throw new IOException(file + ": " + id + " leads out of the folder");
            }
            if (!seen.add(id)) {
                throw new IOException(file + ": " + id + " is there twice: take one away");
            }
            listed.add(new Listed(year, id));
        }
        return listed;
    }

    private static Path xml(Listed picture) {
        return picture.year().resolve("Annotations").resolve(picture.id() + ".xml");
    }

    private static VocAnnotation annotation(Listed picture) throws IOException {
        return VocAnnotation.read(xml(picture));
    }

    private static BoxedPictures read(Path root, List<Listed> wanted, List<String> classes) throws IOException {
        BoxCheck check = new BoxCheck(classes);
        List<Picture> pictures = new ArrayList<>();
        for (Listed one : wanted) {
            VocAnnotation annotation = annotation(one);
            Path file = one.year().resolve("JPEGImages").resolve(one.id() + ".jpg");
            if (!Files.isRegularFile(file)) {
                throw new IOException(file + ": no such picture, and " + xml(one) + " has boxes in it");
            }
            if (annotation.width() < 1 || annotation.height() < 1) {
                throw new IOException(xml(one) + ": no size of the picture");
            }
            PictureSize size = new PictureSize(annotation.width(), annotation.height());
            LabelledBoxes objects = check.check(annotation.objects(), size, xml(one).toString());
            pictures.add(new Picture(
                    io.juxta.data.FileName.of(root.relativize(file)), file, xml(one).toString(), size, objects));
        }
        return new BoxedPictures("VOC", pictures, classes, check.notes(), true);
    }
}
