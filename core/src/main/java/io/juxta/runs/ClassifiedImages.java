package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.ImageFolder;
import io.juxta.data.Loader;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.distributed.Communicator;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.exchange.TrainedClassifier;
import io.juxta.search.Csv;
import io.juxta.torch.Devices;
import io.juxta.torch.Torch;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A classifier and a folder of images that it names.
 *
 * <pre>{@code
 * ClassifiedImages.by(Path.of("classifier.safetensors")).on(Path.of("photos")).write(Path.of("photos.csv"), false);
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is interrupted.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class ClassifiedImages {
    private final Path weights;
    private Path folder = Path.of("");
    private int batchSize = 64;
    private String device = "auto";
    private int threads;
    private WorkListener listener = new WorkListener() {};

    private ClassifiedImages(Path weights) {
        this.weights = weights;
    }

    /** @param weights as evaluations by a linear classifier and by fine-tuning write them */
    public static ClassifiedImages by(Path weights) {
        return new ClassifiedImages(weights);
    }

    /** The images: a folder, with all that lies below it; or CIFAR-10's binary files, of which those held out are taken. */
    public ClassifiedImages on(Path folder) {
        this.folder = folder;
        return this;
    }

    /** Images computed at once, 64 unless this is said. */
    public ClassifiedImages batchSize(int images) {
        batchSize = images;
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public ClassifiedImages device(String name) {
        device = name;
        return this;
    }

    /** Of one operation; 0, the default, for one for each core that may be used. */
    public ClassifiedImages threads(int threads) {
        this.threads = threads;
        return this;
    }

    /** Who is told what is found, and how it goes. */
    public ClassifiedImages told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /** A file of named images. */
    public record Written(int images, int classes, Path file) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d images, %,d classes: %s", images, classes, file);
        }
    }

    /**
     * Names all images in a CSV file: {@code image}, {@code class}, {@code probability} of that, and the probability of each class.
     *
     * @param replaces whether it may take the place of one that is there
     * @throws IOException when weights or images cannot be read, or the file cannot be written, in one line
     */
    public Written write(Path file, boolean replaces) throws IOException {
        OutputFile.requireWritable(file, "classes.csv");
        if (!replaces && Files.exists(file)) {
            throw new IOException(file + " is there already: give --overwrite, or another --output");
        }
        Originals.of(folder, weights).requireNoneAt(file);
        Dataset images = images();
        listener.notes(
                Note.Kind.DATA, Survey.of(folder, Map.of("images", images)).leftLines());
        Torch.threads(threads);
        try (PointerScope scope = new PointerScope();
                TrainedClassifier classifier = TrainedClassifier.read(weights, Devices.parse(device))) {
            Features seen = probabilities(classifier, images);
            int[] written = new int[1];
            Beside.file(file, beside -> written[0] = write(beside, classifier.classes(), images, seen));
            int left = images.size() - written[0];
            if (left > 0) {
                listener.note(
                        Note.Kind.WARNING,
                        left + (left == 1 ? " image" : " images") + " could not be read and left out");
            }
            Written result = new Written(written[0], classifier.classes().size(), file);
            listener.note(Note.Kind.WRITTEN, result.toString());
            return result;
        }
    }

    /** As people see them: turned as the camera was held. */
    private Dataset images() throws IOException {
        boolean files = Datasets.open(folder, Split.TRAIN) instanceof ImageFolder;
        return (files ? ImageFolder.open(folder) : Datasets.open(folder, Split.TEST)).upright();
    }

    private Features probabilities(TrainedClassifier classifier, Dataset images) throws IOException {
        TrainedClassifier.Probabilities probabilities = classifier.probabilities();
        try (Loader loader = Features.open(images, classifier.encoder().evaluation(), batchSize)) {
            return Features.of(
                    classifier.encoder().network(),
                    probabilities::of,
                    LabelledImages.judged(loader, images),
                    FeatureOptions.Length.RAW,
                    Communicator.single(),
                    Counting.of(listener, "classifying", "images", images.size()));
        }
    }

    /** @return how many */
    private static int write(Path file, List<String> classes, Dataset images, Features seen) throws IOException {
        int count = classes.size();
        Tensor rows = seen.values().cpu().contiguous();
        float[] p = new float[Math.toIntExact(rows.numel())];
        rows.data_ptr_float().get(p);
        long[] labels = new long[seen.size()];
        seen.labels().cpu().contiguous().data_ptr_long().get(labels);
        int written = 0;
        try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            StringBuilder head = new StringBuilder("image,class,probability");
            classes.forEach(name -> head.append(',').append(Csv.quoted(name)));
            out.write(head.append('\n').toString());
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == LabelledImages.STAND_IN) {
                    continue;
                }
                int first = 0;
                StringBuilder all = new StringBuilder();
                for (int c = 0; c < count; c++) {
                    first = p[i * count + c] > p[i * count + first] ? c : first;
                    all.append(String.format(Locale.ROOT, ",%.6f", p[i * count + c]));
                }
                out.write(Csv.quoted(images.name(i)) + "," + Csv.quoted(classes.get(first))
                        + String.format(Locale.ROOT, ",%.6f", p[i * count + first]) + all + "\n");
                written++;
            }
        }
        return written;
    }
}
