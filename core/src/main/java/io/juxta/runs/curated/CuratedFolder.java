package io.juxta.runs.curated;

import io.juxta.data.Dataset;
import io.juxta.explore.Explored;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apiguardian.api.API;

/**
 * What {@code curate} has written of a collection, read back for those who look at it.
 *
 * @param flags what was found of some pictures, in the order of its kinds
 * @param scores what was measured of each
 * @param unknown pictures that are there and were not when it was written
 */
@API(status = API.Status.INTERNAL)
public record CuratedFolder(List<Explored.Flag> flags, List<Explored.Score> scores, int unknown) {
    private static final long LARGEST = 1L << 30;
    private static final List<String> MEASURED = List.of("sharpness", "information", "light", "shade", "colour");

    public CuratedFolder {
        flags = List.copyOf(flags);
        scores = List.copyOf(scores);
    }

    /** Nothing known. */
    public static CuratedFolder none() {
        return new CuratedFolder(List.of(), List.of(), 0);
    }

    /** @throws IOException when the folder holds no results, or such as cannot be read, in one line */
    public static CuratedFolder read(Path folder, Dataset images) throws IOException {
        if (!Files.isRegularFile(folder.resolve(CurationTables.QUALITY))) {
            throw new IOException(folder + ": holds no results of curate, of which there is always "
                    + CurationTables.QUALITY + ": give the folder that was its --output");
        }
        Reading reading = new Reading(folder, images);
        reading.read();
        return new CuratedFolder(reading.flags(), reading.scores(), reading.unknown());
    }

    /** One of the rows, by the names of its columns. */
    private record Row(Map<String, Integer> head, List<String> fields) {
        String text(String column) {
            Integer at = head.get(column);
            return at == null || at >= fields.size() ? "" : fields.get(at);
        }

        float number(String column) {
            try {
                return Float.parseFloat(text(column));
            } catch (NumberFormatException e) {
                return Float.NaN;
            }
        }
    }

    private static final class Reading {
        private final Path folder;
        private final int size;
        private final Map<String, Integer> places = new HashMap<>();
        private final Map<String, Set<Integer>> flagged = new LinkedHashMap<>();
        private final Map<String, Float[]> measured = new LinkedHashMap<>();
        private int known;

        Reading(Path folder, Dataset images) {
            this.folder = folder;
            this.size = images.size();
            for (int i = 0; i < size; i++) {
                places.put(images.name(i), i);
            }
        }

        void read() throws IOException {
            rows(CurationTables.QUALITY, "image", (row, picture) -> {
                known++;
                for (String defect : row.text("defects").split("; ")) {
                    if (!defect.isEmpty()) {
                        flag(defect, picture);
                    }
                }
                if (row.number("width") > 0) {
                    MEASURED.forEach(measure -> score(measure, picture, row.number(measure)));
                    score("side", picture, (float) Math.sqrt(row.number("width") * row.number("height")));
                }
            });
            rows(CurationTables.GROUPS, "image", (row, picture) -> {
                flag("there more than once", picture);
                if (row.text("keep").equals("false")) {
                    flag("to spare", picture);
                }
            });
            rows(CurationTables.LEAKS, "held out", (row, picture) -> flag("leak", picture));
            rows(CurationTables.OUTLIERS, "image", (row, picture) -> {
                flag("outlier", picture);
                score("distance of outliers", picture, row.number("distance"));
            });
            rows(CurationTables.LABELS, "image", (row, picture) -> {
                flag("doubted label", picture);
                score("doubt of labels", picture, row.number("share") - row.number("own share"));
            });
            rows(CurationTables.SELECTION, "image", (row, picture) -> {
                flag("to label next", picture);
                score("order of choice", picture, row.number("order"));
            });
        }

        private void rows(String name, String column, BiConsumer<Row, Integer> each) throws IOException {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                return;
            }
            if (Files.size(file) > LARGEST) {
                throw new IOException(file + ": more than " + (LARGEST >> 20) + " MiB: curate writes it again");
            }
            List<List<String>> rows;
            try {
                rows = CsvTable.rows(Files.readString(file));
            } catch (CharacterCodingException e) {
                throw new IOException(file + ": is not UTF-8: curate writes it again", e);
            }
            Map<String, Integer> head = new HashMap<>();
            for (int i = 0; !rows.isEmpty() && i < rows.get(0).size(); i++) {
                head.put(rows.get(0).get(i).toLowerCase(Locale.ROOT), i);
            }
            if (!head.containsKey(column)) {
                throw new IOException(file + ": has no column " + column + ": curate writes it again");
            }
            for (List<String> fields : rows.subList(1, rows.size())) {
                Row row = new Row(head, fields);
                Integer picture = places.get(row.text(column));
                if (picture != null) {
                    each.accept(row, picture);
                }
            }
        }

        private void flag(String name, int picture) {
            flagged.computeIfAbsent(name, key -> new TreeSet<>()).add(picture);
        }

        private void score(String name, int picture, float value) {
            measured.computeIfAbsent(name, key -> {
                Float[] values = new Float[size];
                Arrays.fill(values, Float.NaN);
                return values;
            })[picture] = value;
        }

        List<Explored.Flag> flags() {
            List<Explored.Flag> flags = new ArrayList<>();
            flagged.forEach((name, pictures) -> {
                if (flags.size() < Explored.MOST_FLAGS) {
                    flags.add(new Explored.Flag(name, pictures));
                }
            });
            return flags;
        }

        List<Explored.Score> scores() {
            return measured.entrySet().stream()
                    .map(each -> new Explored.Score(each.getKey(), List.of(each.getValue())))
                    .toList();
        }

        int unknown() {
            return Math.max(0, size - known);
        }
    }
}
