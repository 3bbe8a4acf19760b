package io.juxta.report.detection;

import io.juxta.data.boxes.BoxedPictures;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.eval.detection.DetectionReview;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import io.juxta.report.drawing.ContactSheet;
import io.juxta.report.drawing.DrawnBoxes;
import io.juxta.report.snapshots.Pictures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** Draws what a {@link DetectionFolder} keeps. */
@API(status = API.Status.INTERNAL)
public final class DetectionSheets {
    private static final int SHOWN = 8;
    private static final int OF_EACH_KIND = 4;
    private static final int COLUMNS = 4;
    private static final int TILE = 320;
    /** More boxes hide the picture. */
    private static final int MOST_BOXES = 60;

    private static final int MOST_POINTS = 200;

    private final Resizer resizer = new Resizer();

    /** A sheet and what is said of it. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Sheet<T>(T words, byte[] jpeg) {}

    /** Some pictures, evenly over a set, with the boxes that were read for them; one that cannot be read is left out. */
    public Sheet<LabelledSample> labelled(BoxedPictures pictures) throws IOException {
        int count = Math.min(SHOWN, pictures.size());
        ContactSheet sheet = new ContactSheet(count, COLUMNS, TILE);
        List<String> names = new ArrayList<>();
        List<String> objects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = (int) ((long) i * pictures.size() / count);
            LabelledBoxes labelled = pictures.get(index).objects();
            List<String> labels = IntStream.range(0, labelled.size())
                    .mapToObj(k -> pictures.classes().get(labelled.classes()[k])
                            + (labelled.difficult()[k] ? " (difficult)" : ""))
                    .toList();
            Image image;
            try {
                image = pictures.image(index);
            } catch (IOException e) {
                continue; // the loader ends the run by it, and says so
            }
            sheet.put(names.size(), drawn(image, labelled.boxes(), labelled.classes(), labels, labels.size()));
            names.add(Pictures.cut(pictures.get(index).name()));
            objects.add(counted(labels));
        }
        if (names.isEmpty()) {
            throw new IOException("none of the pictures that the report would show can be read");
        }
        return new Sheet<>(new LabelledSample(names, objects, COLUMNS, TILE), sheet.jpeg());
    }

    private static String counted(List<String> labels) {
        return labels.stream()
                .collect(Collectors.groupingBy(label -> label, java.util.TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    /**
     * What a detector was worth, and where it was wrong most.
     *
     * @param pictures that were held out, by whose numbers the review knows them
     * @param ap50 of each class, NaN where no object counts
     */
    public Sheet<DetectionSnapshot> judged(int epoch, BoxedPictures pictures, DetectionReview review, double[] ap50)
            throws IOException {
        List<DetectionReview.Mistake> worst = review.worst(OF_EACH_KIND);
        ContactSheet sheet = new ContactSheet(Math.max(1, worst.size()), COLUMNS, TILE);
        List<DetectionSnapshot.Shown> shown = new ArrayList<>();
        for (DetectionReview.Mistake mistake : worst) {
            BoxedPictures.Picture picture = pictures.get(mistake.picture());
            String says = said(mistake, picture.objects(), pictures.classes());
            sheet.put(shown.size(), drawn(pictures.image(mistake.picture()), mistake, picture.objects(), pictures));
            shown.add(new DetectionSnapshot.Shown(
                    mistake.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    says,
                    Pictures.cut(picture.name())));
        }
        List<DetectionSnapshot.OfClass> classes = IntStream.range(
                        0, pictures.classes().size())
                .mapToObj(k -> ofClass(pictures.classes().get(k), review.curve(k), ap50[k]))
                .toList();
        DetectionSnapshot snapshot = new DetectionSnapshot(
                epoch,
                pictures.size(),
                classes,
                shown,
                review.count(DetectionReview.Kind.MISS),
                review.count(DetectionReview.Kind.DOUBLE),
                review.count(DetectionReview.Kind.FALSE_ALARM),
                COLUMNS);
        return new Sheet<>(snapshot, sheet.jpeg());
    }

    private static DetectionSnapshot.OfClass ofClass(String name, DetectionReview.Curve curve, double ap50) {
        int points = curve.recall().size();
        int[] kept = IntStream.range(0, Math.min(points, MOST_POINTS))
                .map(i -> points <= MOST_POINTS ? i : (int) ((long) i * (points - 1) / (MOST_POINTS - 1)))
                .toArray();
        return new DetectionSnapshot.OfClass(
                name,
                curve.objects(),
                Double.isNaN(ap50) ? -1 : ap50,
                Arrays.stream(kept).mapToObj(curve.recall()::get).toList(),
                Arrays.stream(kept).mapToObj(curve.precision()::get).toList());
    }

    private static String said(DetectionReview.Mistake mistake, LabelledBoxes truth, List<String> classes) {
        String name = classes.get(mistake.label());
        String found = String.format(Locale.ROOT, "%s %.2f", name, mistake.score());
        return switch (mistake.kind()) {
            case MISS -> name + ": nothing surer than 0.5";
            case DOUBLE -> found + ": found before";
            case FALSE_ALARM -> {
                if (mistake.nearest() < 0) {
                    yield found + ": nothing is labelled there";
                }
                String other = classes.get(truth.classes()[mistake.nearest()]);
                yield other.equals(name)
                        ? String.format(Locale.ROOT, "%s: overlap %.2f, too little", found, mistake.overlap())
                        : String.format(Locale.ROOT, "%s: on %s, overlap %.2f", found, other, mistake.overlap());
            }
        };
    }

    /** What is labelled is dashed, what is wrong is not; a miss is the labelled object alone. */
    private Image drawn(Image image, DetectionReview.Mistake mistake, LabelledBoxes truth, BoxedPictures pictures) {
        List<String> classes = pictures.classes();
        if (mistake.kind() == DetectionReview.Kind.MISS) {
            return drawn(image, mistake.box(), new int[] {mistake.label()}, List.of(classes.get(mistake.label())), 0);
        }
        int some = Math.min(truth.size(), MOST_BOXES);
        int[] labels = IntStream.concat(
                        IntStream.of(mistake.label()),
                        Arrays.stream(truth.classes()).limit(some))
                .toArray();
        List<String> names = new ArrayList<>();
        names.add(String.format(Locale.ROOT, "%s %.2f", classes.get(mistake.label()), mistake.score()));
        Arrays.stream(truth.classes()).limit(some).forEach(k -> names.add(classes.get(k)));
        Boxes boxes = Boxes.join(List.of(
                mistake.box(), truth.boxes().select(IntStream.range(0, some).toArray())));
        return drawn(image, boxes, labels, names, 1);
    }

    /** @param solid how many of the first boxes are drawn solid; the others are dashed */
    private Image drawn(Image image, Boxes boxes, int[] classes, List<String> labels, int solid) {
        double scale = Math.min(1, (double) TILE / Math.max(image.width(), image.height()));
        int width = Math.max(1, (int) Math.round(scale * image.width()));
        int height = Math.max(1, (int) Math.round(scale * image.height()));
        Image small = scale < 1 ? resizer.bilinear(image, width, height, false) : image;
        Boxes there = boxes.select(IntStream.range(0, Math.min(boxes.size(), MOST_BOXES + 1))
                        .toArray())
                .scale((double) width / image.width(), (double) height / image.height());
        return DrawnBoxes.over(small, there, classes, labels, i -> i >= solid);
    }
}
