package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Survey;
import io.juxta.eval.translation.DomainDistance;
import io.juxta.eval.translation.FeatureSource;
import io.juxta.eval.translation.ImageBatches;
import io.juxta.eval.translation.ImagePairs;
import io.juxta.eval.translation.KernelOptions;
import io.juxta.eval.translation.PairQualities;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * Judges translated images, whatever made them: how far their domain is from the one that they should look like, and how
 * near each is to its true picture where there is one.
 *
 * <pre>{@code
 * TranslationJudgement judged =
 *         TranslationJudging.of(Path.of("fakes"), Path.of("zebras")).source(Path.of("horses")).run();
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is interrupted.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class TranslationJudging {
    private static final int LISTED = 20;
    private static final int SIZE = 64;

    private final Path generated;
    private final Path target;
    private Optional<Path> source = Optional.empty();
    private boolean paired;
    private Optional<Path> out = Optional.empty();
    private Optional<Path> encoder = Optional.empty();
    private Optional<Integer> size = Optional.empty();
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private final List<String> overrides = new ArrayList<>();
    private WorkListener listener = new WorkListener() {};

    /** @param size of the images that they are made of */
    private record Seen(FeatureSource source, int size) {}

    private TranslationJudging(Path generated, Path target) {
        this.generated = generated;
        this.target = target;
    }

    /**
     * @param generated folder of the translations
     * @param target folder of images of the domain that they should look like
     */
    public static TranslationJudging of(Path generated, Path target) {
        return new TranslationJudging(generated, target);
    }

    /** The images that were translated: how far they are is measured as well. */
    public TranslationJudging source(Path folder) {
        source = Optional.of(folder);
        return this;
    }

    /** The target holds the true picture of each translation, under the same name but for its ending. */
    public TranslationJudging paired() {
        paired = true;
        return this;
    }

    /** Where the figures of each pair are written as CSV. */
    public TranslationJudging table(Path file) {
        out = Optional.of(file);
        return this;
    }

    /** Features of an encoder, instead of the colours of the image reduced to 16 x 16. */
    public TranslationJudging seenBy(Path weights) {
        encoder = Optional.of(weights);
        return this;
    }

    /** The square that images are resized to before features are made: 64 pixels, or what the encoder was trained at. */
    public TranslationJudging size(int pixels) {
        size = Optional.of(pixels);
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public TranslationJudging device(String name) {
        device = name;
        return this;
    }

    /** What the network computes in and, where it learns nothing, is held in; float32 unless this is said. */
    public TranslationJudging precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** @param options {@code kid-subsets}, {@code kid-subset-size}, {@code seed}, each {@code key=value} */
    public TranslationJudging with(List<String> options) {
        overrides.addAll(options);
        return this;
    }

    /** Who is told what is found. */
    public TranslationJudging told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /** @throws IOException when a folder or the encoder cannot be read, or the table cannot be written, in one line */
    public TranslationJudgement run() throws IOException {
        KernelOptions options = JudgedEncoder.options(overrides, KernelOptions.class);
        checkOptions();
        Dataset translated = open(generated);
        Dataset domain = open(target);
        Optional<Dataset> before = source.isPresent() ? Optional.of(open(source.get())) : Optional.empty();
        Optional<ImagePairs> pairs = paired ? Optional.of(ImagePairs.of(translated, domain)) : Optional.empty();
        Seen seen = seen();
        Optional<DomainDistance.Measured> ofSource = Optional.empty();
        DomainDistance.Measured ofGenerated;
        try (DomainDistance toTarget =
                DomainDistance.to(ImageBatches.of(domain, seen.size()), seen.source(), options)) {
            say(counted("target", target, domain, toTarget.size()) + ", all images at " + seen.size() + " x "
                    + seen.size());
            if (before.isPresent()) {
                ofSource = Optional.of(measure("source", source.orElseThrow(), before.get(), toTarget, seen));
            }
            ofGenerated = measure("generated", generated, translated, toTarget, seen);
        }
        Optional<PairQualities> qualities = Optional.empty();
        if (pairs.isPresent()) {
            qualities = Optional.of(pairs.get().measure(translated, domain));
            say(pairs.get(), qualities.get());
        }
        return new TranslationJudgement(ofGenerated, ofSource, qualities);
    }

    private void say(String line) {
        listener.note(Note.Kind.RESULT, line);
    }

    private void checkOptions() throws IOException {
        if (out.isPresent() && !paired) {
            throw new IllegalArgumentException("--out " + out.get() + " is for the figures of pairs: give --pairs too");
        }
        if (size.isPresent() && size.get() < FeatureSource.PIXELS) {
            throw new IllegalArgumentException(
                    "--size " + size.get() + " must be at least " + FeatureSource.PIXELS + " (the default is 64)");
        }
        if (out.isPresent()) {
            OutputFile.requireWritable(out.get(), "pairs.csv");
            Originals.of(generated, target).requireNoneAt(out.get());
        }
    }

    private Dataset open(Path folder) throws IOException {
        Dataset images = ImageFolder.open(folder);
        listener.notes(
                Note.Kind.DATA, Survey.of(folder, Map.of("images", images)).leftLines());
        if (images.size() < 2) {
            throw new IOException(folder + " holds a single image: a distance between sets needs at least 2 in each");
        }
        return images;
    }

    private Seen seen() throws IOException {
        if (encoder.isEmpty()) {
            if (precision != Precision.FLOAT32) {
                throw new IllegalArgumentException("precision " + precision
                        + " is of an encoder, and pixels16 needs none: leave it out, or give --encoder");
            }
            return new Seen(FeatureSource.pixels(), size.orElse(SIZE));
        }
        TrainedEncoder read = TrainedEncoder.read(encoder.get(), Devices.parse(device), precision);
        return new Seen(
                FeatureSource.encoder(
                        encoder.get() + precision.said(),
                        read.network(),
                        read.evaluation().normalization()),
                size.orElse(read.evaluation().size()));
    }

    private DomainDistance.Measured measure(
            String what, Path folder, Dataset images, DomainDistance toTarget, Seen seen) throws IOException {
        DomainDistance.Measured measured = toTarget.of(ImageBatches.of(images, seen.size()));
        say(counted(what, folder, images, measured.frechet().first()));
        say(what + " to target: " + measured);
        return measured;
    }

    private static String counted(String what, Path folder, Dataset images, long read) {
        long unread = images.size() - read;
        return String.format(
                Locale.ROOT,
                "%s: %,d images of %s%s",
                what,
                read,
                folder,
                unread == 0 ? "" : String.format(Locale.ROOT, " (%,d unreadable, left out)", unread));
    }

    private void say(ImagePairs pairs, PairQualities qualities) throws IOException {
        say("pairs: " + qualities);
        sayWithout("generated images without a partner in the target", pairs.onlyGenerated());
        sayWithout("target images without a partner among the generated", pairs.onlyTarget());
        if (out.isPresent()) {
            PairTable.write(out.get(), qualities);
            listener.note(Note.Kind.WRITTEN, "table: " + out.get());
        }
    }

    private void sayWithout(String what, List<String> names) {
        if (!names.isEmpty()) {
            String more = names.size() > LISTED ? ", and " + (names.size() - LISTED) + " more" : "";
            say(String.format(
                    Locale.ROOT,
                    "%,d %s: %s%s",
                    names.size(),
                    what,
                    names.stream().limit(LISTED).collect(Collectors.joining(", ")),
                    more));
        }
    }
}
