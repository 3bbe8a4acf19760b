package io.juxta.runs;

import io.juxta.data.Split;
import io.juxta.data.boxes.BoxedPictures;
import io.juxta.data.boxes.PictureSets;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.TrainedDetector;
import io.juxta.eval.detection.CocoMetric;
import io.juxta.eval.detection.DetectionMetric;
import io.juxta.eval.detection.DetectionScores;
import io.juxta.eval.detection.VocMetric;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.train.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Judges a detector by pictures with boxes that were held out.
 *
 * <pre>{@code
 * DetectionJudging.Result result = DetectionJudging.of(Path.of("runs/fruit"))
 *         .on(Path.of("fruit"))
 *         .metric(DetectionJudging.Metric.COCO)
 *         .judge();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DetectionJudging {
    /** Whose average precision. */
    public enum Metric {
        /** VOC 2007's, of eleven points. */
        VOC07,
        /** VOC 2012's, of the area. */
        VOC12,
        /** COCO's. */
        COCO;

        DetectionMetric of(int classes) {
            return switch (this) {
                case VOC07 -> new VocMetric(classes, VocMetric.Rule.ELEVEN_POINTS);
                case VOC12 -> new VocMetric(classes, VocMetric.Rule.AREA);
                case COCO -> new CocoMetric(classes);
            };
        }
    }

    /**
     * What came of it.
     *
     * @param pictures that it was judged by
     * @param classes their names
     * @param precision that features were computed in
     */
    public record Result(int pictures, List<String> classes, Precision precision, DetectionScores scores) {
        /** A line for each figure and each class. */
        public List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add(String.format(
                    Locale.ROOT,
                    "AP %.2f  AP50 %.2f  AP75 %.2f  (%,d pictures%s)",
                    scores.ap(),
                    scores.ap50(),
                    scores.ap75(),
                    pictures,
                    precision.said()));
            scores.more()
                    .forEach((name, value) -> lines.add(
                            Double.isNaN(value)
                                    ? name + " none: no such object"
                                    : String.format(Locale.ROOT, "%s %.2f", name, value)));
            int width = classes.stream().mapToInt(String::length).max().orElse(0);
            for (int k = 0; k < classes.size(); k++) {
                lines.add(
                        Double.isNaN(scores.ofClass()[k])
                                ? String.format(
                                        "  %-" + width + "s  no object that counts: not in the mean", classes.get(k))
                                : String.format(
                                        Locale.ROOT,
                                        "  %-" + width + "s  AP %6.2f  AP50 %6.2f",
                                        classes.get(k),
                                        scores.ofClass()[k],
                                        scores.ofClass50()[k]));
            }
            return lines;
        }
    }

    private final Path detector;
    private Path data = Path.of("");
    private Metric metric = Metric.VOC07;
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private WorkListener listener = new WorkListener() {};

    private DetectionJudging(Path detector) {
        this.detector = detector;
    }

    /** @param detector a run's folder, its {@code detector.safetensors} or a checkpoint */
    public static DetectionJudging of(Path detector) {
        return new DetectionJudging(detector);
    }

    /** The folder of pictures with boxes: its held-out part, or all of it where it has none. */
    public DetectionJudging on(Path folder) {
        data = folder;
        return this;
    }

    /** Whose average precision; VOC 2007's unless this is said. */
    public DetectionJudging metric(Metric metric) {
        this.metric = metric;
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public DetectionJudging device(String name) {
        device = name;
        return this;
    }

    /** What features are computed in; float32 unless this is said. */
    public DetectionJudging precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** Who is told what the data was taken for, and how it goes. */
    public DetectionJudging told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Judges; ends when its thread is interrupted.
     *
     * @throws IOException when something cannot be read, or has classes that the detector does not know
     */
    public Result judge() throws IOException {
        TrainedDetector trained = TrainedDetector.read(detector, Devices.parse(device), precision);
        try (FasterRcnn network = trained.network()) {
            Optional<BoxedPictures> heldOut = PictureSets.find(data, Split.TEST, trained.classes());
            BoxedPictures pictures =
                    heldOut.isPresent() ? heldOut.get() : PictureSets.open(data, Split.TRAIN, trained.classes());
            listener.notes(Note.Kind.DATA, pictures.notes());
            DetectionMetric counted = metric.of(trained.classes().size());
            var counting = Counting.of(listener, "detecting", "pictures", pictures.size());
            DetectionMonitor.judge(network, trained.recipe().pictures(), pictures, counted, (picture, found) -> {
                Stop.ifInterrupted();
                counting.accept(1);
            });
            return new Result(pictures.size(), trained.classes(), precision, counted.scores());
        }
    }
}
