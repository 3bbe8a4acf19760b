package io.juxta.report.snapshots;

import java.util.List;
import org.apiguardian.api.API;

/**
 * The images of a data set that a report shows: drawn once, the same in every epoch.
 *
 * @param indices their places in the data set
 * @param names what a person calls them
 * @param labels their classes, -1 where there is none
 * @param classes the names of the classes, empty where there are none
 * @param queries places in this sample: the images whose neighbours are shown
 * @param mapped how many of the first images are on the map
 * @param thumbnail side of their small pictures in the contact sheet, in pixels
 * @param columns of the contact sheet
 * @param views what the sheet of originals and views shows
 */
@API(status = API.Status.INTERNAL)
public record Sample(
        List<Integer> indices,
        List<String> names,
        List<Integer> labels,
        List<String> classes,
        List<Integer> queries,
        int mapped,
        int thumbnail,
        int columns,
        Views views) {
    private static final int MOST = 4096;

    /**
     * The sheet of originals and views: in each row an original, then for each epoch its views, kind after kind.
     *
     * @param names of the originals
     * @param epochs how many epochs' views are shown
     * @param tile side of a picture in pixels
     * @param kinds of views, in the order in which training makes them
     */
    public record Views(List<String> names, int epochs, int tile, List<Kind> kinds) {
        public Views {
            names = List.copyOf(names);
            kinds = List.copyOf(kinds);
            require(names.size() <= 64 && epochs >= 0 && epochs <= 16, "the sheet of views is too large");
            require(!kinds.isEmpty() && kinds.size() <= 16, "kinds of views must be from 1 to 16");
            require(tile >= 1 && tile <= 1024, "a view's side of " + tile + " px must be from 1 to 1024");
        }

        /** Pictures in a row. */
        int columns() {
            return 1 + epochs * kinds.stream().mapToInt(Kind::shown).sum();
        }
    }

    /**
     * Views that are made alike.
     *
     * @param count how many of them an image has in an epoch
     * @param shown how many of those are on the sheet, the first ones
     * @param size their side in pixels as the network gets them
     * @param steps what makes such a view, a line for each step
     */
    public record Kind(int count, int shown, int size, List<String> steps) {
        public Kind {
            steps = List.copyOf(steps);
            require(shown >= 1 && shown <= 2 && count >= shown, "of each kind of views one or two must be shown");
            require(size >= 1 && size <= 8192, "a view of " + size + " px must be from 1 to 8192");
        }
    }

    public Sample {
        indices = List.copyOf(indices);
        names = List.copyOf(names);
        labels = List.copyOf(labels);
        classes = List.copyOf(classes);
        queries = List.copyOf(queries);
        int size = indices.size();
        int known = classes.size();
        require(size >= 1 && size <= MOST, "a sample of " + size + " images must have from 1 to " + MOST);
        require(names.size() == size && labels.size() == size, "names and labels must be as many as images, " + size);
        require(labels.stream().allMatch(label -> label >= -1 && label < known), "a label is not among the classes");
        require(queries.stream().allMatch(q -> q >= 0 && q < size), "a query is not among the " + size + " images");
        require(mapped >= 0 && mapped <= size, "mapped " + mapped + " must be from 0 to " + size);
        require(thumbnail >= 1 && thumbnail <= 256, "a thumbnail of " + thumbnail + " px must be from 1 to 256");
        require(columns >= 1 && columns <= MOST, "columns " + columns + " must be from 1 to " + MOST);
    }

    /** The number of images. */
    int size() {
        return indices.size();
    }

    /** Tells samples apart: a digest of which images these are, and which of them are asked about. */
    String fingerprint() {
        return Fingerprint.of(indices + "\n" + names + "\n" + labels + "\n" + queries + "\n" + mapped);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
