package io.juxta.explore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.juxta.data.Dataset;
import io.juxta.search.Csv;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has marked: the basket, and labels given by hand. Kept in a file by the pictures' names, where there is one,
 * so that it outlives the page; what it says of pictures that are there no more stays in it. Safe for use by many threads.
 */
final class Marks {
    /** Characters of a label. */
    static final int LONGEST_LABEL = 200;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASKET = "basket";
    private static final String LABELS = "labels";
    private static final long LARGEST_FILE = 256L << 20;

    private final Dataset images;
    private final Optional<Path> file;
    private final TreeSet<Integer> basket = new TreeSet<>();
    private final TreeMap<Integer, String> labels = new TreeMap<>();
    /** Of pictures that are there no more. */
    private final TreeSet<String> absentBasket = new TreeSet<>();

    private final TreeMap<String, String> absentLabels = new TreeMap<>();

    /**
     * Reads what was kept.
     *
     * @throws IOException when the file is damaged, in one line
     */
    Marks(Dataset images, Optional<Path> file) throws IOException {
        this.images = images;
        this.file = file;
        if (file.isPresent() && Files.isRegularFile(file.get())) {
            read(file.get());
        }
    }

    private void read(Path from) throws IOException {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            places.put(images.name(i), i);
        }
        try {
            if (Files.size(from) > LARGEST_FILE) {
                throw damaged(from, null);
            }
            JsonNode json = JSON.readTree(from.toFile());
            if (json == null
                    || !json.path(BASKET).isArray()
                    || !json.path(LABELS).isObject()) {
                throw damaged(from, null);
            }
            for (JsonNode name : json.path(BASKET)) {
                Integer place = places.get(name.asText());
                if (place == null) {
                    absentBasket.add(name.asText());
                } else {
                    basket.add(place);
                }
            }
            for (Map.Entry<String, JsonNode> label : json.path(LABELS).properties()) {
                Integer place = places.get(label.getKey());
                if (place == null) {
                    absentLabels.put(label.getKey(), label.getValue().asText());
                } else {
                    labels.put(place, label.getValue().asText());
                }
            }
        } catch (JsonProcessingException e) {
            throw damaged(from, e);
        }
    }

    private static IOException damaged(Path file, @Nullable Throwable cause) {
        return new IOException(
                file
                        + " is damaged; it keeps the basket and the labels of explore: mend it, or move it away to begin anew",
                cause);
    }

    synchronized void put(Collection<Integer> pictures) throws IOException {
        basket.addAll(pictures);
        keep();
    }

    synchronized void take(Collection<Integer> pictures) throws IOException {
        basket.removeAll(pictures);
        keep();
    }

    synchronized List<Integer> basket() {
        return List.copyOf(basket);
    }

    /** @param label no line breaks, at most {@link #LONGEST_LABEL} characters; an empty one takes the pictures' labels away */
    synchronized void label(Collection<Integer> pictures, String label) throws IOException {
        String plain = label.strip();
        if (plain.length() > LONGEST_LABEL || plain.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a label is one line of at most " + LONGEST_LABEL + " characters, this has " + plain.length());
        }
        for (int picture : pictures) {
            if (plain.isEmpty()) {
                labels.remove(picture);
            } else {
                labels.put(picture, plain);
            }
        }
        keep();
    }

    /** Labels from elsewhere, by picture; they replace those that were given. */
    synchronized void labels(Map<Integer, String> given) throws IOException {
        given.forEach((picture, label) -> {
            if (!label.isBlank()) {
                labels.put(picture, label.strip());
            }
        });
        keep();
    }

    synchronized Map<Integer, String> labels() {
        return new TreeMap<>(labels);
    }

    private void keep() throws IOException {
        if (file.isEmpty()) {
            return;
        }
        ObjectNode json = JSON.createObjectNode();
        ArrayNode names = json.putArray(BASKET);
        basket.forEach(picture -> names.add(images.name(picture)));
        absentBasket.forEach(names::add);
        ObjectNode given = json.putObject(LABELS);
        labels.forEach((picture, label) -> given.put(images.name(picture), label));
        absentLabels.forEach(given::put);
        Replacing.write(file.get(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    /**
     * A table of pictures with columns image and label, as {@code --labelled} takes it.
     *
     * @param clusters have a further column, where they are known
     */
    synchronized String table(Collection<Integer> pictures, Optional<Grouped> clusters) {
        StringBuilder table = new StringBuilder("image,label").append(clusters.isPresent() ? ",cluster\n" : "\n");
        for (int picture : pictures) {
            table.append(Csv.quoted(images.name(picture)))
                    .append(',')
                    .append(Csv.quoted(labels.getOrDefault(picture, "")))
                    .append(clusters.map(known -> "," + known.name(picture)).orElse(""))
                    .append('\n');
        }
        return table.toString();
    }

    /** All labels that were given by hand, as such a table. */
    synchronized String labelTable(Optional<Grouped> clusters) {
        return table(labels.keySet(), clusters);
    }
}
