package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Layer;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Decoder;
import io.juxta.image.Orientation;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * An encoder and a folder of images that it embeds, once for every search.
 *
 * <pre>{@code
 * try (Embeddings embeddings = EmbeddedImages.by(Path.of("runs/photos")).on(Path.of("photos")).embed()) {
 *     EmbeddingFile.SAFETENSORS.write(Path.of("photos.safetensors"), embeddings);
 * }
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is interrupted.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class EmbeddedImages {
    static final String ENCODER = "encoder";
    static final String LAYER = "layer";
    private static final String LENGTH = "length";
    static final String DATA = "data";
    static final String SPLIT = "split";
    private static final String PRECISION = "precision";

    private final Path weights;
    private Optional<Path> data = Optional.empty();
    private @Nullable Split split;
    private Layer layer = Layer.BACKBONE;
    private FeatureOptions.Length length = FeatureOptions.Length.UNIT;
    private int batchSize = 64;
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private int threads;
    private Optional<Path> index = Optional.empty();
    private WorkListener listener = new WorkListener() {};

    private EmbeddedImages(Path weights) {
        this.weights = weights;
    }

    /** @param weights a run's folder, its {@code encoder.safetensors}, one of its checkpoints, or weights that import knows */
    public static EmbeddedImages by(Path weights) {
        return new EmbeddedImages(weights);
    }

    /**
     * The images: a folder, with all that lies below it; or CIFAR-10's binary files. Without it those of the index, or of the
     * run that the weights are of.
     */
    public EmbeddedImages on(Path folder) {
        data = Optional.of(folder);
        return this;
    }

    /** The images where none were said, in the place of those of the run. */
    public EmbeddedImages otherwiseOn(Path folder) {
        data = data.or(() -> Optional.of(folder));
        return this;
    }

    /** One part alone; without it the whole folder, and of CIFAR-10's binary files the training images. */
    public EmbeddedImages split(@Nullable Split split) {
        this.split = split;
        return this;
    }

    /** The feature, which knows more and is the default; or the embedding that the loss saw. */
    public EmbeddedImages layer(Layer layer) {
        this.layer = layer;
        return this;
    }

    /** As long as the network gives them; otherwise each has length 1. */
    public EmbeddedImages raw() {
        length = FeatureOptions.Length.RAW;
        return this;
    }

    /** Images computed at once, 64 unless this is said. */
    public EmbeddedImages batchSize(int images) {
        batchSize = images;
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public EmbeddedImages device(String name) {
        device = name;
        return this;
    }

    /** What the network computes in and, where it learns nothing, is held in; float32 unless this is said. */
    public EmbeddedImages precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** Of one operation; 0, the default, for one for each core that may be used. */
    public EmbeddedImages threads(int threads) {
        this.threads = threads;
        return this;
    }

    /**
     * Embeddings of the images that were made before by the same encoder: a safetensors file, which knows where the images
     * were.
     *
     * @throws IOException when it cannot be read, or the images are there no more and no others were named
     */
    public EmbeddedImages index(Path file) throws IOException {
        index = Optional.of(file);
        if (data.isEmpty()) {
            takeFrom(file);
        }
        return this;
    }

    /** Who is told what is found, and how it goes. */
    public EmbeddedImages told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    WorkListener listener() {
        return listener;
    }

    private void takeFrom(Path index) throws IOException {
        Map<String, String> about = about(index);
        Path folder = Path.of(about.getOrDefault(DATA, ""));
        if (folder.toString().isEmpty() || !Files.isDirectory(folder)) {
            throw new IOException("the images of " + index + " were in " + Printable.line(folder.toString())
                    + ", which is no folder here: say where they are with --data DIR");
        }
        data = Optional.of(folder);
        if (split == null) {
            split = Stream.of(Split.values())
                    .filter(each -> each.name().equals(about.get(SPLIT)))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** As people see them: turned as the camera was held. */
    Dataset images() throws IOException {
        return stored().upright();
    }

    private Dataset stored() throws IOException {
        if (split != null) {
            return Datasets.open(data(), split);
        }
        Dataset found = Datasets.open(data(), Split.TRAIN);
        return found instanceof ImageFolder ? ImageFolder.open(data()) : found;
    }

    private static Map<String, String> about(Path index) throws IOException {
        try (Embeddings read = EmbeddingFile.read(index)) {
            return Map.copyOf(read.about());
        }
    }

    /** What is read, and not to be written over. */
    Originals originals() throws IOException {
        return Originals.of(data());
    }

    /** Says what of the folder is not among the images. */
    void sayLeft(Dataset images) throws IOException {
        listener.notes(
                Note.Kind.DATA, Survey.of(data(), Map.of("images", images)).leftLines());
    }

    /** Says how many images have no embedding, since they could not be read; the log names each. */
    void sayUnread(Dataset images, Embeddings embeddings) {
        int left = images.size() - embeddings.size();
        if (left > 0) {
            listener.note(
                    Note.Kind.WARNING, left + (left == 1 ? " image" : " images") + " could not be read and left out");
        }
    }

    /** Refuses files that cannot be written, or that would take the place of what is read. */
    void requireWritable(Path file, String example) throws IOException {
        OutputFile.requireWritable(file, example);
        originals().requireNoneAt(file);
    }

    /**
     * Embeds all images.
     *
     * @throws IOException when weights or images cannot be read, in one line
     */
    public Embeddings embed() throws IOException {
        Dataset images = images();
        sayLeft(images);
        Embeddings embeddings = embed(images, length);
        sayUnread(images, embeddings);
        return embeddings;
    }

    /**
     * The encoder and the images, to be embedded a batch at a time.
     *
     * @throws IOException when weights or images cannot be read, in one line
     */
    public Embedder open() throws IOException {
        return new Embedder(this, new FeatureOptions(layer, length, batchSize));
    }

    /**
     * Tells the encoder and its layer from others: the first half of its weights' SHA-256, and which layer.
     *
     * @throws IOException when the weights cannot be read
     */
    public String encoderName() throws IOException {
        return DeliveredWeights.of(weights).fingerprint() + " (" + layer.name().toLowerCase(Locale.ROOT) + ")";
    }

    /**
     * The embeddings of image files, of length 1, whatever the images are.
     *
     * @throws IOException when weights or a file cannot be read, in one line that names it
     */
    public float[][] embed(List<Path> files) throws IOException {
        List<DecodedPictures.Picture> pictures = new ArrayList<>();
        for (Path file : files) {
            pictures.add(new DecodedPictures.Picture(file.toString(), Decoder.read(file, Orientation.CAMERA)));
        }
        TrainedEncoder encoder = encoder();
        try (Embeddings embeddings = queries(encoder, new DecodedPictures(pictures))) {
            float[][] rows = new float[pictures.size()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = embeddings.row(i);
            }
            return rows;
        } finally {
            encoder.network().close();
        }
    }

    /**
     * Embeds all images into a file.
     *
     * @param file ends in .npy, .npz, .csv or .safetensors
     * @param replaces whether it may take the place of one that is there
     * @return how many embeddings of how many values
     * @throws IOException when weights or images cannot be read, or the file cannot be written, in one line
     */
    public Written write(Path file, boolean replaces) throws IOException {
        EmbeddingFile format = EmbeddingFile.of(file);
        OutputFile.requireWritable(file, "embeddings.npz");
        if (!replaces && Files.exists(file)) {
            throw new IOException(file + " is there already: give --overwrite, or another --output");
        }
        originals().requireNoneAt(file);
        Dataset images = images();
        sayLeft(images);
        try (Embeddings embeddings = embed(images, length)) {
            format.write(file, embeddings);
            Written written = new Written(embeddings.size(), embeddings.dimension(), file);
            listener.note(Note.Kind.WRITTEN, written + precision.said());
            sayUnread(images, embeddings);
            return written;
        }
    }

    /** A file of embeddings. */
    public record Written(int embeddings, int dimension, Path file) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d embeddings of %,d values: %s", embeddings, dimension, file);
        }
    }

    /** Where the images are. */
    Path data() throws IOException {
        return KnownRun.images(data, weights);
    }

    private Embeddings embed(Dataset images, FeatureOptions.Length length) throws IOException {
        return embed(encoder(), images, length);
    }

    TrainedEncoder encoder() throws IOException {
        Torch.threads(threads);
        return TrainedEncoder.read(weights, Devices.parse(device), precision);
    }

    Embeddings embed(TrainedEncoder encoder, Dataset images, FeatureOptions.Length length) throws IOException {
        return Embeddings.of(
                encoder,
                images,
                new FeatureOptions(layer, length, batchSize),
                about(length),
                Counting.of(listener, "embedding", "images", images.size()));
    }

    /** A few images by the same network, with nothing told. */
    Embeddings queries(TrainedEncoder encoder, Dataset images) throws IOException {
        FeatureOptions unit = new FeatureOptions(layer, FeatureOptions.Length.UNIT, batchSize);
        return Embeddings.of(encoder, images, unit, Map.of(), done -> {});
    }

    /** Embeddings of length 1: those of the index that this encoder has made, or new ones. */
    Embeddings embeddings(Dataset images) throws IOException {
        if (index.isEmpty()) {
            return embed(images, FeatureOptions.Length.UNIT);
        }
        Torch.threads(threads);
        Embeddings read = EmbeddingFile.read(index.get());
        Map<String, String> wanted = about(FeatureOptions.Length.UNIT);
        for (String key : List.of(ENCODER, LAYER)) {
            String own = read.about().getOrDefault(key, "nothing");
            if (!own.equals(wanted.get(key))) {
                throw new IOException(index.get() + " was made with " + key + " " + Printable.line(own) + ", not "
                        + wanted.get(key) + ": make it again by juxta embed, or give the weights and layer it is of");
            }
        }
        return read;
    }

    /** Says where an index and what is looked for in it are embedded in two precisions. */
    void sayPrecisions(Embeddings searched) {
        String held = Printable.line(searched.about().getOrDefault(PRECISION, Precision.FLOAT32.toString()));
        if (!held.equals(precision.toString())) {
            listener.note(
                    Note.Kind.WARNING,
                    index.map(Path::toString).orElse("the index") + " was made in " + held
                            + ", what is looked for is embedded in " + precision
                            + ": cosines are off by about a hundredth; --precision " + held + " makes them alike");
        }
    }

    Map<String, String> about(FeatureOptions.Length length) throws IOException {
        Map<String, String> about = new HashMap<>();
        about.put(ENCODER, DeliveredWeights.of(weights).fingerprint());
        about.put(LAYER, layer.name().toLowerCase(Locale.ROOT));
        about.put(LENGTH, length.name().toLowerCase(Locale.ROOT));
        about.put(DATA, data().toAbsolutePath().normalize().toString());
        if (precision != Precision.FLOAT32) {
            about.put(PRECISION, precision.toString());
        }
        if (split != null) {
            about.put(SPLIT, split.name());
        }
        return about;
    }

    /** Where each image is in the data set, by its name. */
    static Map<String, Integer> places(Dataset images) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            places.put(images.name(i), i);
        }
        return places;
    }
}
