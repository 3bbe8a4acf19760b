package io.juxta.data.boxes;

import io.juxta.data.FileName;
import io.juxta.data.ImageFolder;
import io.juxta.data.boxes.BoxedPictures.Picture;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A folder of pictures, each with VOC's XML of the same name beside it or in a folder {@code annotations} beside it or above. */
final class XmlFolder {
    private static final int MOST_FILES = 5_000_000;

    private XmlFolder() {}

    /** The names of all objects. */
    static Set<String> names(Path root) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : annotations(root)) {
            VocAnnotation.read(file).objects().forEach(object -> names.add(object.name()));
        }
        return names;
    }

    private static List<Path> annotations(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": no such folder");
        }
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                if (name.toLowerCase(java.util.Locale.ROOT).endsWith(".xml") && !name.startsWith(".")) {
                    found.add(file);
                    if (found.size() > MOST_FILES) {
                        throw new IOException(root + ": more than " + MOST_FILES + " XML files");
                    }
                }
            }
        } catch (java.io.UncheckedIOException e) {
            throw new IOException(
                    root + ": cannot be read: "
                            + Objects.requireNonNull(e.getCause()).getMessage(),
                    e);
        }
        Collections.sort(found);
        return found;
    }

    static BoxedPictures open(Path root, List<String> classes) throws IOException {
        List<Path> annotations = annotations(root);
        if (annotations.isEmpty()) {
            throw new IOException(
                    root + ": no XML file with boxes in it or below it; put VOC's XML beside the pictures,"
                            + " each under its picture's name");
        }
        ImageFolder images = ImageFolder.open(root);
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            byName.putIfAbsent(images.name(i), i);
            byName.putIfAbsent(stem(images.name(i)), i);
        }
        BoxCheck check = new BoxCheck(classes);
        Map<Integer, Path> taken = new TreeMap<>();
        List<Picture> pictures = new ArrayList<>();
        int empty = 0;
        for (Path file : annotations) {
            VocAnnotation annotation = VocAnnotation.read(file);
            int image = picture(root, file, annotation, byName)
                    .orElseThrow(() -> new IOException(file + ": no picture " + stem(name(root, file))
                            + (annotation.fileName().isEmpty() ? "" : " or " + annotation.fileName())
                            + " beside it: put it there, or take the XML away"));
            Path other = taken.put(image, file);
            if (other != null) {
                throw new IOException(
                        file + ": " + images.file(image) + " has boxes in " + other + " too: keep one of the two");
            }
            PictureSize size = size(annotation, images.file(image));
            LabelledBoxes objects = check.check(annotation.objects(), size, file.toString());
            empty += objects.size() == 0 ? 1 : 0;
            pictures.add(new Picture(images.name(image), images.file(image), file.toString(), size, objects));
        }
        List<String> notes = new ArrayList<>(check.notes());
        int without = images.size() - taken.size();
        if (without > 0) {
            notes.add(pictures(without) + " without XML: left out");
        }
        if (empty > 0) {
            notes.add(pictures(empty) + " with XML and without an object: nothing to learn there, and nothing to find");
        }
        return new BoxedPictures("a folder", pictures, classes, notes, true);
    }

    private static String pictures(int count) {
        return count == 1 ? "1 picture" : count + " pictures";
    }

    /** The picture's own size where the XML says 0. */
    private static PictureSize size(VocAnnotation annotation, Path file) throws IOException {
        if (annotation.width() > 0 && annotation.height() > 0) {
            return new PictureSize(annotation.width(), annotation.height());
        }
        Image image = Decoder.read(file, Orientation.CAMERA);
        return new PictureSize(image.width(), image.height());
    }

    private static Optional<Integer> picture(
            Path root, Path file, VocAnnotation annotation, Map<String, Integer> byName) {
        String stem = stem(name(root, file));
        String own = stem.substring(stem.lastIndexOf('/') + 1);
        String folder = stem.substring(0, stem.length() - own.length());
        String above = folder.replaceAll("(?i)annotations/$", "");
        List<String> places = new ArrayList<>(List.of(folder, above, above + "images/", above + "JPEGImages/"));
        for (String place : places) {
            // the name of the XML counts before the one in it: files are renamed, and what is in them is not
            for (String name : new String[] {own, annotation.fileName(), stem(annotation.fileName())}) {
                Integer found = name.isEmpty() ? null : byName.get(place + name);
                if (found != null) {
                    return Optional.of(found);
                }
            }
        }
        return Optional.empty();
    }

    private static String name(Path root, Path file) {
        return FileName.of(root.relativize(file));
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') ? name.substring(0, dot) : name;
    }
}
