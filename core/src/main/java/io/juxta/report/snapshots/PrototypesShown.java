package io.juxta.report.snapshots;

import java.util.List;
import org.apiguardian.api.API;

/**
 * Which prototypes a gallery shows, and what is to be known of all.
 *
 * @param origin how the gallery was made
 * @param head of the prototypes, from 0
 * @param usage of all prototypes
 * @param agreement with the classes
 * @param rest prototypes that have images and are not shown
 * @param thumbnail side of a picture in the contact sheet, in pixels
 * @param columns of the contact sheet, at least as many as a row has pictures
 * @param rows of the contact sheet, the prototype with the most images first
 */
@API(status = API.Status.INTERNAL)
public record PrototypesShown(
        Origin origin,
        int head,
        Usage usage,
        Agreement agreement,
        Rest rest,
        int thumbnail,
        int columns,
        List<Row> rows) {
    /**
     * How the images spread over the prototypes.
     *
     * @param prototypes K
     * @param images that have a prototype
     * @param used prototypes that have an image
     * @param evenness the entropy of the usage as a share of ln K
     */
    record Usage(int prototypes, int images, int used, double evenness) {
        Usage {
            require(images >= 1 && used >= 1 && used <= prototypes && used <= images, "its prototypes do not add up");
            require(evenness >= 0 && evenness <= 1, "evenness " + evenness + " must be from 0 to 1");
        }
    }

    /**
     * How far prototypes and classes are the same.
     *
     * @param images that were compared; 0 where none has a class, and then the figures are 0 as well
     * @param nmi normalised mutual information
     * @param ari adjusted Rand index
     */
    record Agreement(int images, double nmi, double ari) {
        Agreement {
            require(images >= 0 && nmi >= 0 && nmi <= 1 && ari >= -1 && ari <= 1, "its agreement is not within limits");
        }
    }

    /**
     * Prototypes that have images and are not shown.
     *
     * @param prototypes how many
     * @param fewest images of one of them
     * @param most images of one of them
     */
    record Rest(int prototypes, int fewest, int most) {
        Rest {
            require(prototypes >= 0 && fewest >= 0 && fewest <= most, "the rest of its prototypes does not add up");
        }
    }

    /**
     * A prototype.
     *
     * @param prototype its number, from 0
     * @param images that are nearest to it
     * @param labelled those among them that have a class
     * @param majority those among them that have its most frequent class
     * @param label that class, empty where none has one
     * @param names of the pictures, the nearest first
     * @param cosines of the pictures, from -1 to 1
     */
    record Row(
            int prototype,
            int images,
            int labelled,
            int majority,
            String label,
            List<String> names,
            List<Double> cosines) {
        Row {
            names = List.copyOf(names);
            cosines = List.copyOf(cosines);
            require(prototype >= 0, "prototype " + prototype + " must be at least 0");
            require(
                    majority >= 0 && majority <= labelled && labelled <= images && images >= 1,
                    "the images of prototype " + prototype + " do not add up");
            require(names.size() == cosines.size(), "names and cosines of a prototype must be as many");
            require(cosines.stream().allMatch(c -> Math.abs(c) <= 1.001), "a cosine must be from -1 to 1");
        }
    }

    public PrototypesShown {
        rows = List.copyOf(rows);
        int most = columns;
        require(head >= 0, "head " + head + " must be at least 0");
        require(thumbnail >= 1 && thumbnail <= 256, "a thumbnail of " + thumbnail + " px must be from 1 to 256");
        require(columns >= 1 && columns <= 64 && rows.size() <= 64, "the sheet of prototypes is too large");
        require(rows.stream().allMatch(row -> row.names().size() <= most), "a row has more pictures than columns");
    }

    /** Whether all images of these prototypes that have a class have the same. */
    public boolean hasOneClassAtMost() {
        return rows.stream().allMatch(row -> row.majority() == row.labelled())
                && rows.stream()
                                .filter(row -> row.labelled() > 0)
                                .map(Row::label)
                                .distinct()
                                .count()
                        < 2;
    }

    /** The same, with nothing said of classes. */
    public PrototypesShown withoutClasses() {
        List<Row> bare = rows.stream()
                .map(row -> new Row(row.prototype(), row.images(), 0, 0, "", row.names(), row.cosines()))
                .toList();
        return new PrototypesShown(origin, head, usage, new Agreement(0, 0, 0), rest, thumbnail, columns, bare);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
