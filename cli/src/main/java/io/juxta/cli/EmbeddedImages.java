package io.juxta.cli;

import io.juxta.Encoder;
import io.juxta.EncoderOptions;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Layer;
import io.juxta.exchange.KnownWeights;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.runs.KnownRun;
import io.juxta.runs.Printable;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.torch.Devices;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An encoder and the images that it embeds, to be mixed into the commands that use embeddings. */
final class EmbeddedImages {
    private static final String ENCODER = "encoder";
    private static final String LAYER = "layer";
    private static final String LENGTH = "length";
    private static final String DATA = "data";
    private static final String SPLIT = "split";

    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights that import"
                    + " knows, such as MoCo's and SwAV's.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The images: a folder, with all that lies below it; or CIFAR-10's binary files. Without it those"
                            + " of --index, or of the run that WEIGHTS is of.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description =
                    "train or test (or val) alone. Without it the whole folder, and of CIFAR-10's binary files the"
                            + " training images.")
    private @Nullable Split split;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "backbone (the default): the feature, which knows more; or head: the embedding that the loss"
                    + " saw.")
    private Layer layer = Layer.BACKBONE;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images computed at once; the default is 64.")
    private int batchSize = 64;

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    @Mixin
    private QuietOption quiet = new QuietOption();

    /** @param index embeddings of the images, which know where those are; empty where there is no such file */
    void takeFrom(Path index) throws IOException {
        if (data.isEmpty() && !index.toString().isEmpty()) {
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
        Survey.of(data(), Map.of("images", images)).leftLines().forEach(System.out::println);
    }

    /** Where the images are. */
    Path data() throws IOException {
        return KnownRun.images(data, weights);
    }

    /** Embeds all images, and tells how it goes. */
    Embeddings embed(Dataset images, FeatureOptions.Length length) throws IOException {
        Torch.threads(threads);
        TrainedEncoder encoder = TrainedEncoder.read(weights, Devices.parse(device));
        try (Progress progress = Progress.start(quiet.style(), "embedding", "images", images.size())) {
            return Embeddings.of(
                    encoder,
                    images,
                    new FeatureOptions(layer, length, batchSize),
                    about(length),
                    done -> progress.advance(done, ""));
        }
    }

    /**
     * Embeddings of length 1: those of a file that this encoder has made, or new ones.
     *
     * @param index empty where there is no such file
     */
    Embeddings embeddings(Dataset images, Path index) throws IOException {
        if (index.toString().isEmpty()) {
            return embed(images, FeatureOptions.Length.UNIT);
        }
        Torch.threads(threads);
        Embeddings read = EmbeddingFile.read(index);
        Map<String, String> wanted = about(FeatureOptions.Length.UNIT);
        for (String key : List.of(ENCODER, LAYER)) {
            String own = read.about().getOrDefault(key, "nothing");
            if (!own.equals(wanted.get(key))) {
                throw new IOException(index + " was made with " + key + " " + Printable.line(own) + ", not "
                        + wanted.get(key) + ": make it again by juxta embed, or give the weights and layer it is of");
            }
        }
        return read;
    }

    /** The encoder for single images. */
    Encoder encoder() throws IOException {
        return Encoder.load(weights, EncoderOptions.defaults().withLayer(layer).withDevice(device));
    }

    private Map<String, String> about(FeatureOptions.Length length) throws IOException {
        Map<String, String> about = new HashMap<>();
        about.put(ENCODER, fingerprint());
        about.put(LAYER, layer.name().toLowerCase(Locale.ROOT));
        about.put(LENGTH, length.name().toLowerCase(Locale.ROOT));
        about.put(DATA, data().toAbsolutePath().normalize().toString());
        if (split != null) {
            about.put(SPLIT, split.name());
        }
        return about;
    }

    /** Tells weights apart by sixteen characters. */
    private String fingerprint() throws IOException {
        Path file = KnownWeights.file(weights);
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream read = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            byte[] part = new byte[1 << 16];
            while (read.read(part) >= 0) {
                // what is read goes into the digest
            }
            return HexFormat.of().formatHex(read.getMessageDigest().digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
