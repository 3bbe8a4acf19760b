package io.juxta.report.snapshots;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.drawing.ContactSheet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * The pictures that a report shows, made once for a run.
 *
 * @param sample which images they are of
 * @param thumbnails the sample's images as the encoder is shown them for evaluation, a JPEG contact sheet
 * @param views some originals, each beside its views, a JPEG contact sheet
 */
@API(status = API.Status.INTERNAL)
public record Pictures(Sample sample, byte[] thumbnails, byte[] views) {
    private static final int MOST = 1000;
    private static final int FEWEST = 200;
    private static final int MAPPED = 500;
    private static final int QUERIES = 12;
    private static final int COLUMNS = 32;
    private static final int LARGEST_THUMBNAIL = 64;
    private static final int LARGEST_VIEW = 96;
    private static final int ORIGINALS = 8;
    private static final int EPOCHS = 3;
    private static final int LONGEST_NAME = 200;

    /** Where the draws of the sample stand among an epoch's images. */
    private static final int DRAW = -3;

    /**
     * Draws a sample: a quarter of the images, but 200 to 1,000 of them where there are as many. Unreadable ones are
     * passed over.
     *
     * @param views how training makes each view of an image
     * @param evaluation how the encoder is shown an image to be judged
     * @param seed the run's
     */
    public static Pictures of(Dataset images, List<Augmentation> views, Augmentation evaluation, long seed)
            throws IOException {
        int wanted = Math.min(images.size(), Math.max(FEWEST, Math.min(MOST, images.size() / 4)));
        int side = ContactSheet.tile(evaluation.size(), LARGEST_THUMBNAIL);
        Augmentation small = Augmentation.plain(side, evaluation.normalization());
        ContactSheet sheet = new ContactSheet(wanted, COLUMNS, side);
        Canvas canvas = new Canvas();
        List<Integer> indices = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int index : Draws.of(seed, 0, DRAW, 0).permutation(images.size())) {
            if (indices.size() == wanted) {
                break;
            }
            try {
                Image shown = evaluation.view(images.image(index), Draws.of(seed, 0, index, 0), canvas);
                sheet.put(indices.size(), small.view(shown, Draws.of(seed, 0, index, 0), canvas));
            } catch (UnreadableImageException e) {
                // the loader names it and counts it
                continue;
            }
            indices.add(index);
            names.add(cut(images.name(index)));
            labels.add(images.label(index));
        }
        if (indices.isEmpty()) {
            throw new IOException("none of the " + images.size() + " images can be read");
        }
        int largest = views.stream().mapToInt(Augmentation::size).max().orElseThrow();
        int tile = ContactSheet.tile(largest, LARGEST_VIEW);
        List<Integer> originals = indices.subList(0, Math.min(ORIGINALS, indices.size()));
        Sample.Views described = new Sample.Views(names.subList(0, originals.size()), EPOCHS, tile, kinds(views));
        Sample sample = new Sample(
                indices,
                names,
                labels,
                images.classes(),
                queries(labels),
                Math.min(MAPPED, indices.size()),
                side,
                COLUMNS,
                described);
        return new Pictures(sample, sheet.jpeg(), views(images, originals, views, described, seed));
    }

    /** The end of a name that is too long to show. */
    public static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : "..." + name.substring(name.length() - LONGEST_NAME);
    }

    /** The first images, but one of each class before a second of any. */
    private static List<Integer> queries(List<Integer> labels) {
        List<Integer> queries = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (int place = 0; place < labels.size() && queries.size() < QUERIES; place++) {
            if (labels.get(place) >= 0 && seen.add(labels.get(place))) {
                queries.add(place);
            }
        }
        for (int place = 0; place < labels.size() && queries.size() < QUERIES; place++) {
            if (!queries.contains(place)) {
                queries.add(place);
            }
        }
        return queries;
    }

    /** Of views that are all alike a pair is shown; beside a pair one of each further kind. */
    private static List<Sample.Kind> kinds(List<Augmentation> views) {
        List<Sample.Kind> kinds = new ArrayList<>();
        for (int from = 0, to; from < views.size(); from = to) {
            Augmentation view = views.get(from);
            for (to = from; to < views.size() && views.get(to).describe().equals(view.describe()); ) {
                to++;
            }
            int count = to - from;
            kinds.add(new Sample.Kind(count, kinds.isEmpty() ? Math.min(2, count) : 1, view.size(), view.describe()));
        }
        return kinds;
    }

    /** Each original beside the very views that the first epochs make of it. */
    private static byte[] views(
            Dataset images, List<Integer> originals, List<Augmentation> views, Sample.Views shown, long seed)
            throws IOException {
        int columns = shown.columns();
        ContactSheet sheet = new ContactSheet(originals.size() * columns, columns, shown.tile());
        Canvas canvas = new Canvas();
        int place = 0;
        for (int index : originals) {
            Image image = images.image(index);
            sheet.put(place++, image);
            for (int epoch = 0; epoch < shown.epochs(); epoch++) {
                int first = 0;
                for (Sample.Kind kind : shown.kinds()) {
                    for (int number = first; number < first + kind.shown(); number++) {
                        Draws draws = Draws.of(seed, epoch, index, number);
                        sheet.put(place++, views.get(number).view(image, draws, canvas));
                    }
                    first += kind.count();
                }
            }
        }
        return sheet.jpeg();
    }
}
