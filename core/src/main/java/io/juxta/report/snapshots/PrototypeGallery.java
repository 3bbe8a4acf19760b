package io.juxta.report.snapshots;

import io.juxta.data.Dataset;
import io.juxta.eval.clusters.ClusterAgreement;
import io.juxta.eval.clusters.ClusterUsage;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.drawing.ContactSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** Prototypes in a run's report: those with the most images, each with the images nearest to it. */
@API(status = API.Status.INTERNAL)
public final class PrototypeGallery {
    private static final int ROWS = 24;
    private static final int COLUMNS = 8;
    private static final int LARGEST_THUMBNAIL = 64;

    private final PrototypesShown shown;
    private final byte[] thumbnails;

    /**
     * @param shown which these are
     * @param thumbnails their small pictures, a JPEG contact sheet with a row for each prototype
     */
    PrototypeGallery(PrototypesShown shown, byte[] thumbnails) {
        this.shown = shown;
        this.thumbnails = thumbnails;
    }

    public PrototypesShown shown() {
        return shown;
    }

    public byte[] thumbnails() {
        return thumbnails;
    }

    /**
     * What a gallery is made of.
     *
     * @param images of the data set, with classes or without
     * @param evaluation how the encoder was shown an image; nothing random
     * @param head of the prototypes, from 0
     * @param prototypes K
     * @param nearest the prototype of each image, from 0 to {@code K - 1}; below 0 where there is none
     * @param cosines of each image and its prototype, from -1 to 1
     */
    public record Assigned(
            Dataset images, Augmentation evaluation, int head, int prototypes, int[] nearest, float[] cosines) {
        public Assigned {
            if (nearest.length != images.size() || cosines.length != images.size()) {
                throw new IllegalArgumentException("prototypes of " + nearest.length + " images and cosines of "
                        + cosines.length + " must be as many as the images, " + images.size());
            }
        }
    }

    /**
     * Makes a gallery and leaves it in the run's folder, in place of one that was there; the next report has it. At most
     * 24 prototypes and 8 images of each are decoded.
     *
     * @param origin how it was made
     * @throws IOException when it cannot be written
     */
    public static void write(Path run, Assigned assigned, Origin origin) throws IOException {
        new SnapshotFolder(run).write(of(assigned, origin));
    }

    static PrototypeGallery of(Assigned assigned, Origin origin) throws IOException {
        int[] sizes = ClusterUsage.sizes(assigned.nearest(), assigned.prototypes());
        List<Integer> used = IntStream.range(0, sizes.length)
                .filter(k -> sizes[k] > 0)
                .boxed()
                .sorted(Comparator.comparingInt(k -> -sizes[k]))
                .toList();
        List<Integer> largest = used.subList(0, Math.min(ROWS, used.size()));
        List<Integer> rest = used.subList(largest.size(), used.size());
        int side = ContactSheet.tile(assigned.evaluation().size(), LARGEST_THUMBNAIL);
        ContactSheet sheet = new ContactSheet(largest.size() * COLUMNS, COLUMNS, side);
        List<PrototypesShown.Row> rows = new ArrayList<>();
        for (int prototype : largest) {
            rows.add(row(assigned, prototype, sizes[prototype], sheet, rows.size() * COLUMNS));
        }
        PrototypesShown.Rest others = rest.isEmpty()
                ? new PrototypesShown.Rest(0, 0, 0)
                : new PrototypesShown.Rest(rest.size(), sizes[rest.get(rest.size() - 1)], sizes[rest.get(0)]);
        PrototypesShown shown = new PrototypesShown(
                origin, assigned.head(), usage(assigned), agreement(assigned), others, side, COLUMNS, rows);
        boolean classless = assigned.images().classes().size() < 2;
        return new PrototypeGallery(classless ? shown.withoutClasses() : shown, sheet.jpeg());
    }

    private static PrototypesShown.Usage usage(Assigned assigned) {
        ClusterUsage usage = ClusterUsage.of(assigned.nearest(), assigned.prototypes());
        return new PrototypesShown.Usage(assigned.prototypes(), usage.images(), usage.used(), usage.evenness());
    }

    private static PrototypesShown.Agreement agreement(Assigned assigned) {
        int[] labels = IntStream.range(0, assigned.images().size())
                .map(assigned.images()::label)
                .toArray();
        if (assigned.images().classes().size() < 2
                || IntStream.range(0, labels.length).noneMatch(i -> labels[i] >= 0 && assigned.nearest()[i] >= 0)) {
            return new PrototypesShown.Agreement(0, 0, 0);
        }
        ClusterAgreement agreement = ClusterAgreement.of(assigned.nearest(), labels);
        return new PrototypesShown.Agreement(agreement.images(), agreement.nmi(), agreement.ari());
    }

    /** @param place of the row's first picture */
    private static PrototypesShown.Row row(
            Assigned assigned, int prototype, int images, ContactSheet sheet, int place) {
        Dataset all = assigned.images();
        int[] members = IntStream.range(0, all.size())
                .filter(i -> assigned.nearest()[i] == prototype)
                .toArray();
        int[] classes = new int[all.classes().size()];
        Arrays.stream(members).map(all::label).filter(label -> label >= 0).forEach(label -> classes[label]++);
        int majority = IntStream.range(0, classes.length)
                .reduce((a, b) -> classes[b] > classes[a] ? b : a)
                .orElse(-1);
        boolean labelled = majority >= 0 && classes[majority] > 0;
        List<String> names = new ArrayList<>();
        List<Double> cosines = new ArrayList<>();
        for (int image : nearest(members, assigned.cosines())) {
            try {
                sheet.put(place + names.size(), thumbnail(assigned, image, sheet.tile()));
            } catch (UnreadableImageException e) {
                // it could be read when it was assigned, and is gone since
                continue;
            }
            names.add(Pictures.cut(all.name(image)));
            cosines.add(Math.rint(1000 * assigned.cosines()[image]) / 1000);
        }
        return new PrototypesShown.Row(
                prototype,
                images,
                Arrays.stream(classes).sum(),
                labelled ? classes[majority] : 0,
                labelled ? Pictures.cut(all.classes().get(majority)) : "",
                names,
                cosines);
    }

    private static List<Integer> nearest(int[] members, float[] cosines) {
        return Arrays.stream(members)
                .boxed()
                .sorted(Comparator.comparingDouble(image -> -cosines[image]))
                .limit(COLUMNS)
                .toList();
    }

    private static Image thumbnail(Assigned assigned, int image, int side) throws UnreadableImageException {
        Augmentation evaluation = assigned.evaluation();
        Draws none = Draws.of(0, 0, image, 0);
        Canvas canvas = new Canvas();
        Image seen = evaluation.view(assigned.images().image(image), none, canvas);
        return Augmentation.plain(side, evaluation.normalization()).view(seen, none, canvas);
    }
}
