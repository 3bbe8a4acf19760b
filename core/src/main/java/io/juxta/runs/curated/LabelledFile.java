package io.juxta.runs.curated;

import io.juxta.data.Dataset;
import io.juxta.data.FileName;
import io.juxta.data.Spelling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Which pictures are labelled, and how, by a file: a CSV whose first row names a column {@code image} and, where there is one,
 * a column {@code label}; or without such a row a name, or a name and a label, in each line. A row with an empty label is of
 * a picture that is not labelled yet, so that a selection can be filled in and given back.
 *
 * @param labels by the place of the picture; empty text where the file has no labels
 * @param absent names in the file that no picture has, in its order
 */
@API(status = API.Status.INTERNAL)
public record LabelledFile(Map<Integer, String> labels, List<String> absent) {
    private static final long LARGEST = 256L << 20;

    public LabelledFile {
        labels = Map.copyOf(labels);
        absent = List.copyOf(absent);
    }

    /** The labels in their order; empty where the file has none. */
    public List<String> classes() {
        TreeSet<String> names = new TreeSet<>(labels.values());
        names.remove("");
        return List.copyOf(names);
    }

    /** @throws IOException when it cannot be read, says two things of one picture, or names none that is there, in one line */
    public static LabelledFile read(Path file, Dataset images) throws IOException {
        return of(text(file), file.toString(), images);
    }

    /**
     * The same of a text.
     *
     * @param file what messages call it
     */
    public static LabelledFile of(String text, String file, Dataset images) throws IOException {
        List<List<String>> rows = CsvTable.rows(text.startsWith("\uFEFF") ? text.substring(1) : text);
        if (rows.isEmpty()) {
            throw new IOException(file + ": no name in it; give the name of a picture in each line, or a CSV with a"
                    + " column image and, where there are labels, a column label");
        }
        List<String> head = rows.get(0).stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        boolean named = head.contains("image");
        int image = named ? head.indexOf("image") : 0;
        int label = named ? head.indexOf("label") : 1;
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            places.put(images.name(i), i);
        }
        boolean labelled = rows.stream()
                .skip(named ? 1 : 0)
                .anyMatch(row -> !field(row, label).isEmpty());
        Map<Integer, String> labels = new LinkedHashMap<>();
        List<String> absent = new ArrayList<>();
        for (List<String> row : rows.subList(named ? 1 : 0, rows.size())) {
            String name = field(row, image);
            String said = field(row, label);
            if (name.isEmpty() || (labelled || named && label >= 0) && said.isEmpty()) {
                continue;
            }
            Integer place = find(places, name);
            if (place == null) {
                absent.add(name);
                continue;
            }
            String before = labels.put(place, said);
            if (before != null && !before.equals(said)) {
                throw new IOException(file + ": says of " + printable(name) + " that it is " + printable(before)
                        + " and " + printable(said) + ": take one of the two out");
            }
        }
        if (labels.isEmpty() && !absent.isEmpty()) {
            String first = absent.get(0);
            throw new IOException(file + ": names " + printable(first) + ", and none of the pictures is called as "
                    + (absent.size() == 1 ? "this is" : "one of these " + absent.size() + " is") + ": "
                    + Spelling.nearest(first, places.keySet(), FileName::folded)
                            .map(near -> "the nearest is " + printable(near))
                            .orElseGet(() -> "they are called as " + printable(images.name(0))));
        }
        return new LabelledFile(labels, absent);
    }

    private static @Nullable Integer find(Map<String, Integer> places, String name) {
        Integer place = places.get(name);
        if (place != null) {
            return place;
        }
        String plain = name.replace('\\', '/');
        return places.get(plain.startsWith("./") ? plain.substring(2) : plain);
    }

    private static String field(List<String> row, int column) {
        return column >= 0 && column < row.size() ? row.get(column).strip() : "";
    }

    private static String text(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder; give a text file with the name of a picture in each line");
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException(file + ": more than " + (LARGEST >> 20) + " MiB; give a list of names");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file; it should have the name of a picture in each line", e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": is not UTF-8; save it as plain text in UTF-8", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String printable(String name) {
        String line = name.replaceAll("[\\p{Cc}\\p{Cf}]", " ");
        return line.length() <= 80 ? line : line.substring(0, 80) + "...";
    }
}
