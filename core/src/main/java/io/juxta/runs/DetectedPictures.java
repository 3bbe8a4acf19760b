package io.juxta.runs;

import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Survey;
import io.juxta.data.boxes.Detections;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.TrainedDetector;
import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Orientation;
import io.juxta.image.Resizer;
import io.juxta.report.drawing.DrawnBoxes;
import io.juxta.runs.pictures.FoundTables;
import io.juxta.torch.Computing;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Finds objects in a folder of pictures by a trained detector: each picture with boxes drawn over it, and all boxes in {@code
 * detections.csv} and {@code detections.json}, in the pictures' own pixels. A picture that cannot be read is passed over, and
 * named in the result.
 *
 * <pre>{@code
 * DetectedPictures.Result result = DetectedPictures.by(Path.of("runs/fruit"))
 *         .of(Path.of("photos"))
 *         .into(Path.of("found"))
 *         .run();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DetectedPictures extends PictureWork<DetectedPictures> {
    private final Path detector;
    private Path input = Path.of("");
    private double leastScore = 0.5;
    private boolean overwrite;
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;

    /** A picture and the name that it has in both tables. */
    private record Task(Path source, String name) {}

    /**
     * What came of it.
     *
     * @param pictures that were looked at
     * @param of how many
     * @param objects found in them
     * @param failed each picture that could not be looked at, and why, in a line
     */
    public record Result(int pictures, int of, int objects, List<String> failed) implements Outcome {
        public Result {
            failed = List.copyOf(failed);
        }

        @Override
        public boolean wasStopped() {
            return pictures + failed.size() < of;
        }
    }

    private DetectedPictures(Path detector) {
        this.detector = detector;
    }

    /** @param detector a run's folder, its {@code detector.safetensors} or one of its checkpoints */
    public static DetectedPictures by(Path detector) {
        return new DetectedPictures(detector);
    }

    /** The pictures: a folder, or one picture. */
    public DetectedPictures of(Path folderOrPicture) {
        input = folderOrPicture;
        return this;
    }

    /** What is less sure is left out; 0.5 unless this is said. */
    public DetectedPictures leastScore(double score) {
        if (!(score >= 0 && score < 1)) {
            throw new IllegalArgumentException("least score " + score + " must be at least 0 and below 1");
        }
        leastScore = score;
        return this;
    }

    /** Takes the place of files that are there already. */
    public DetectedPictures overwriting() {
        overwrite = true;
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public DetectedPictures device(String name) {
        device = name;
        return this;
    }

    /** What features are computed in; float32 unless this is said. */
    public DetectedPictures precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    @Override
    DetectedPictures self() {
        return this;
    }

    /** @throws IOException when detector or pictures cannot be read, or nothing can be written there, in one line */
    @Override
    public Result run() throws IOException {
        List<Task> tasks = tasks();
        TrainedDetector trained = TrainedDetector.read(detector, Devices.parse(device), precision);
        List<String> failed;
        FoundTables tables = new FoundTables(trained.classes());
        try (FasterRcnn network = trained.network()) {
            prepareOutput();
            Resizer resizer = new Resizer();
            failed = each(
                    tasks,
                    "detecting",
                    "pictures",
                    Task::source,
                    task -> tables.add(task.name, look(task, trained, resizer)));
        }
        if (tables.pictures() > 0) {
            tables.write(output());
        }
        Result result = new Result(tables.pictures(), tasks.size(), tables.objects(), failed);
        listener()
                .note(
                        Note.Kind.RESULT,
                        String.format(
                                Locale.ROOT,
                                "%,d %s in %,d of %,d %s%s%s",
                                result.objects,
                                result.objects == 1 ? "object" : "objects",
                                result.pictures,
                                result.of,
                                result.of == 1 ? "picture" : "pictures",
                                result.pictures == 0 ? "" : ": " + output().resolve(FoundTables.CSV),
                                precision.said()));
        return result;
    }

    private List<Task> tasks() throws IOException {
        if (!Files.exists(input)) {
            throw new IOException(input + " does not exist: give a folder of images, or an image");
        }
        if (!Files.isDirectory(input)) {
            return List.of(new Task(input, String.valueOf(input.getFileName())));
        }
        Originals.of(input).requireOutside(output());
        ImageFolder images = ImageFolder.open(input);
        listener()
                .notes(
                        Note.Kind.DATA,
                        Survey.of(input, Map.of("images", images)).leftLines());
        return IntStream.range(0, images.size())
                .mapToObj(i -> new Task(images.file(i), images.name(i)))
                .toList();
    }

    private void prepareOutput() throws IOException {
        Files.createDirectories(output());
        if (!Files.isWritable(output())) {
            throw new IOException("cannot write into " + output() + ": choose another --output");
        }
        for (String table : List.of(FoundTables.CSV, FoundTables.JSON)) {
            requireFree(output().resolve(table));
        }
    }

    private void requireFree(Path file) throws IOException {
        if (!overwrite && Files.exists(file)) {
            throw new IOException(file + " is there already: give --overwrite, or another --output");
        }
    }

    /** The picture counts until it is drawn. */
    @SuppressWarnings("try") // neither the hold nor the computing is named
    private Detections look(Task task, TrainedDetector trained, Resizer resizer) throws IOException {
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            Path target = output().resolve(task.name + ".jpg");
            requireFree(target);
            Image image = Decoder.read(task.source, Orientation.CAMERA);
            Detections found = trained.detect(image, resizer).asSureAs(leastScore);
            List<String> labels = IntStream.range(0, found.size())
                    .mapToObj(i -> String.format(
                            Locale.ROOT, "%s %.2f", trained.classes().get(found.classes()[i]), found.scores()[i]))
                    .toList();
            byte[] drawn = Jpeg.encode(DrawnBoxes.over(image, found.boxes(), found.classes(), labels), Jpeg.QUALITY);
            Files.createDirectories(target.toAbsolutePath().resolve("..").normalize());
            Beside.write(target, out -> out.write(drawn));
            return found;
        }
    }
}
