package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.search.Csv;
import io.juxta.swav.ClusterAssignments;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The prototype of each image as a CSV file. */
final class ClusterTable {
    private ClusterTable() {}

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
            csv.append(Csv.quoted(images.name(i)))
                    .append(String.format(
                            Locale.ROOT,
                            ",%d,%.6f,%.6f",
                            assigned.prototype(i),
                            assigned.score(i),
                            assigned.confidence(i)));
            if (labelled) {
                int label = images.label(i);
                csv.append(',')
                        .append(label < 0 ? "" : Csv.quoted(images.classes().get(label)));
            }
            csv.append('\n');
        }
        Replacing.write(file, csv.toString().getBytes(StandardCharsets.UTF_8));
    }
}
