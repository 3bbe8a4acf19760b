package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.swav.ClusterAssignments;
import io.juxta.train.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The prototype of each image as a CSV file (RFC 4180, but lines end as on Unix). */
final class ClusterTable {
    private ClusterTable() {}

    /** Refuses what cannot become a file, before the work. */
    static void requireWritable(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw new IOException(
                    file + " is a folder: give the name of a file, such as " + file.resolve("clusters.csv"));
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("cannot write " + file + ": no such folder");
        }
    }

    /**
     * Writes a row for each image that could be read, in the data set's order: image, prototype, score, confidence, and
     * label where there are classes. What was there stays until the new is whole.
     */
    static void write(Path file, Dataset images, ClusterAssignments assigned) throws IOException {
        boolean labelled = !images.classes().isEmpty();
        StringBuilder csv = new StringBuilder("image,prototype,score,confidence" + (labelled ? ",label" : "") + "\n");
        for (int i = 0; i < images.size(); i++) {
            if (assigned.prototype(i) == ClusterAssignments.NONE) {
                continue;
            }
            csv.append(quoted(images.name(i)))
                    .append(String.format(
                            Locale.ROOT,
                            ",%d,%.6f,%.6f",
                            assigned.prototype(i),
                            assigned.score(i),
                            assigned.confidence(i)));
            if (labelled) {
                int label = images.label(i);
                csv.append(',').append(label < 0 ? "" : quoted(images.classes().get(label)));
            }
            csv.append('\n');
        }
        Replacing.write(file, csv.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** A field in quotes where it would otherwise be read as something else. */
    static String quoted(String field) {
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && field.strip().equals(field);
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
