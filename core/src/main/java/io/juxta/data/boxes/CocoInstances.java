package io.juxta.data.boxes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.juxta.data.Split;
import io.juxta.data.boxes.BoxedPictures.Picture;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * COCO's boxes (Lin et al., 2014): {@code instances_*.json}, read as a stream, as the whole of it has half a gigabyte. Classes
 * are in the order of their numbers; masks are passed over.
 */
final class CocoInstances {
    private static final int MOST_PICTURES = 5_000_000;

    private final Path file;
    private final Map<Long, String> categories = new TreeMap<>();
    private final Map<Long, ImageEntry> images = new LinkedHashMap<>();
    private final Set<String> fileNames = new HashSet<>();
    private final Map<Long, List<Box>> boxes = new LinkedHashMap<>();

    private record ImageEntry(String fileName, int width, int height) {}

    private record Box(long category, double[] xywh, boolean crowd, double area) {}

    private CocoInstances(Path file) {
        this.file = file;
    }

    /** The files {@code instances_NAME.json} of a set, by NAME. */
    static Map<String, Path> files(Path root) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        for (Path folder : List.of(root.resolve("annotations"), root)) {
            if (Files.isDirectory(folder)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "instances_*.json")) {
                    for (Path file : files) {
                        String name = String.valueOf(file.getFileName());
                        found.putIfAbsent(
                                name.substring("instances_".length(), name.length() - ".json".length()), file);
                    }
                }
            }
        }
        return found;
    }

    static Optional<BoxedPictures> open(Path root, Split split, List<String> classes) throws IOException {
        String wanted = split == Split.TRAIN ? "train" : "val";
        Optional<Map.Entry<String, Path>> found = files(root).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(wanted))
                .reduce((first, later) -> later);
        if (found.isEmpty()) {
            if (split == Split.TRAIN) {
                throw new IOException(root + ": no instances_train*.json in annotations, there: "
                        + files(root).keySet());
            }
            return Optional.empty();
        }
        CocoInstances instances = new CocoInstances(found.get().getValue());
        try (JsonParser json = new JsonFactory().createParser(instances.file.toFile())) {
            instances.read(json);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    instances.file + ": no JSON that can be read (line "
                            + e.getLocation().getLineNr() + ": " + e.getOriginalMessage() + ")",
                    e);
        }
        Path folder = root.resolve(found.get().getKey());
        return Optional.of(
                instances.pictures(root, Files.isDirectory(folder) ? folder : root.resolve("images"), classes));
    }

    private BoxedPictures pictures(Path root, Path folder, List<String> classes) throws IOException {
        if (images.isEmpty() || categories.isEmpty()) {
            throw new IOException(
                    file + ": not of COCO's shape: it needs lists \"images\", \"annotations\" and" + " \"categories\"");
        }
        List<String> names = classes.isEmpty() ? List.copyOf(categories.values()) : classes;
        BoxCheck check = new BoxCheck(names);
        List<Picture> pictures = new ArrayList<>();
        for (Map.Entry<Long, ImageEntry> entry : images.entrySet()) {
            ImageEntry image = entry.getValue();
            Path picture = folder.resolve(image.fileName()).normalize();
            if (!picture.startsWith(folder.normalize())) {
                throw new IOException(file + ": " + image.fileName() + " leads out of the folder");
            }
            if (!Files.isRegularFile(picture)) {
                throw new IOException(picture + ": no such picture, and " + file + " has it");
            }
            List<StatedBox> stated = new ArrayList<>();
            for (Box box : boxes.getOrDefault(entry.getKey(), List.of())) {
                String name = categories.get(box.category());
                if (name == null) {
                    throw new IOException(
                            file + ": a box of category " + box.category() + ", which is not in its list");
                }
                double[] b = box.xywh();
                stated.add(new StatedBox(name, b[0], b[1], b[0] + b[2], b[1] + b[3], box.crowd(), box.area()));
            }
            PictureSize size = new PictureSize(image.width(), image.height());
            LabelledBoxes objects = check.check(stated, size, file + " (" + image.fileName() + ")");
            pictures.add(new Picture(image.fileName(), picture, file.toString(), size, objects));
        }
        boxes.keySet().removeAll(images.keySet());
        if (!boxes.isEmpty()) {
            throw new IOException(
                    file + ": boxes of picture " + boxes.keySet().iterator().next() + ", which is not in its list");
        }
        return new BoxedPictures("COCO", pictures, names, check.notes(), false);
    }

    private void read(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw shape("it begins with no object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            boolean wanted = List.of("images", "annotations", "categories").contains(name);
            JsonToken token = json.nextToken();
            if (!wanted) {
                json.skipChildren();
            } else if (token != JsonToken.START_ARRAY) {
                throw shape("\"" + name + "\" is no list");
            } else {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    if (json.currentToken() != JsonToken.START_OBJECT) {
                        throw shape("\"" + name + "\" holds what is no object");
                    }
                    entry(name, json);
                }
            }
        }
    }

    private IOException shape(String what) {
        return new IOException(file + ": not of COCO's shape: " + what);
    }

    private void entry(String list, JsonParser json) throws IOException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        double[] bbox = {};
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (token.isNumeric()) {
                numbers.put(name, json.getDoubleValue());
            } else if (token == JsonToken.VALUE_STRING) {
                texts.put(name, json.getText());
            } else if (name.equals("bbox") && token == JsonToken.START_ARRAY) {
                bbox = four(json);
            } else {
                json.skipChildren();
            }
        }
        switch (list) {
            case "categories" -> categories.put(id(numbers, "id", list), text(texts, "name", list));
            case "images" -> image(numbers, texts);
            default -> box(numbers, bbox);
        }
    }

    private double[] four(JsonParser json) throws IOException {
        double[] four = new double[4];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count == 4 || !json.currentToken().isNumeric() || !Double.isFinite(json.getDoubleValue())) {
                throw shape("a \"bbox\" is no list of four numbers");
            }
            four[count++] = json.getDoubleValue();
        }
        if (count != 4) {
            throw shape("a \"bbox\" is no list of four numbers");
        }
        return four;
    }

    private void image(Map<String, Double> numbers, Map<String, String> texts) throws IOException {
        long id = id(numbers, "id", "images");
        String name = text(texts, "file_name", "images");
        double width = numbers.getOrDefault("width", 0.0);
        double height = numbers.getOrDefault("height", 0.0);
        if (!(width >= 1 && height >= 1 && width < 1e9 && height < 1e9)) {
            throw shape(name + " has a size of " + width + " x " + height);
        }
        if (images.put(id, new ImageEntry(name, (int) width, (int) height)) != null) {
            throw shape("picture " + id + " is there twice");
        }
        if (!fileNames.add(name)) {
            throw shape(name + " is there twice, under two numbers");
        }
        if (images.size() > MOST_PICTURES) {
            throw shape("more than " + MOST_PICTURES + " pictures");
        }
    }

    private void box(Map<String, Double> numbers, double[] bbox) throws IOException {
        long image = id(numbers, "image_id", "annotations");
        if (bbox.length == 0) {
            throw shape("an annotation of picture " + image + " has no \"bbox\"");
        }
        List<Box> own = boxes.computeIfAbsent(image, key -> new ArrayList<>());
        own.add(new Box(
                id(numbers, "category_id", "annotations"),
                bbox,
                numbers.getOrDefault("iscrowd", 0.0) == 1,
                numbers.getOrDefault("area", Double.NaN)));
        if (own.size() > VocAnnotation.MOST_OBJECTS) {
            throw shape("picture " + image + " has more than " + VocAnnotation.MOST_OBJECTS
                    + " boxes, the limit of a picture");
        }
    }

    private long id(Map<String, Double> numbers, String name, String list) throws IOException {
        Double id = numbers.get(name);
        if (id == null) {
            throw shape("\"" + list + "\" has an entry without \"" + name + "\"");
        }
        return id.longValue();
    }

    private String text(Map<String, String> texts, String name, String list) throws IOException {
        String text = texts.get(name);
        if (text == null) {
            throw shape("\"" + list + "\" has an entry without \"" + name + "\"");
        }
        return text;
    }
}
