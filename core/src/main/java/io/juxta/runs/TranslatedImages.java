package io.juxta.runs;

import io.juxta.cut.ImageTranslator;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Survey;
import io.juxta.exchange.KnownWeights;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.ImageFormat;
import io.juxta.image.Jpeg;
import io.juxta.image.Original;
import io.juxta.runs.pictures.FormatName;
import io.juxta.runs.pictures.KeptSideData;
import io.juxta.runs.pictures.TranslationGallery;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.torch.Torch;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * Translates a folder of images by a trained generator into another folder. Names, folders and sizes stay, transparency and
 * resolution too; colours become sRGB. An image that cannot be translated is passed over, and named in the result.
 *
 * <pre>{@code
 * TranslatedImages.Result result = TranslatedImages.by(Path.of("runs/oranges"))
 *         .of(Path.of("photos"))
 *         .into(Path.of("translated"))
 *         .run();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class TranslatedImages extends PictureWork<TranslatedImages> {
    private static final long LEAST_MEMORY = 16 << 20;

    /** What one image may take where nothing else is said, in bytes. */
    public static final long MEMORY = ImageTranslator.MEMORY;

    /** Of JPEG files where nothing else is said. */
    public static final int QUALITY = Jpeg.QUALITY;

    /** How many a gallery shows. */
    public static final int SHOWN = TranslationGallery.MOST;

    private final Path weights;
    private Path input = Path.of("");
    private Format format = Format.KEEP;
    private int quality = QUALITY;
    private long memory = MEMORY;
    private boolean overwrite;
    private Optional<Path> gallery = Optional.empty();
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private int threads;

    private Optional<TranslationGallery> page = Optional.empty();

    /** What this has written. */
    private final Set<Path> written = new HashSet<>();

    private final KeptSideData kept = new KeptSideData();

    private int done;

    /** Images of formats that are read but not written. */
    private int becamePng;

    /** What translations are written as. */
    public enum Format {
        KEEP,
        PNG,
        JPEG
    }

    /** An image and the name that its translation gets, without ending. */
    private record Task(Path source, Path target) {}

    /**
     * What became of the images.
     *
     * @param translated how many were
     * @param of how many
     * @param failed each image that could not be translated, and why, in a line
     */
    public record Result(int translated, int of, List<String> failed) implements Outcome {
        public Result {
            failed = List.copyOf(failed);
        }

        @Override
        public boolean wasStopped() {
            return translated + failed.size() < of;
        }
    }

    private TranslatedImages(Path weights) {
        this.weights = weights;
    }

    /** @param weights a run's folder, its {@code generator.safetensors}, one of its checkpoints, or a generator that import knows */
    public static TranslatedImages by(Path weights) {
        return new TranslatedImages(weights);
    }

    /** The images: a folder, or one image. */
    public TranslatedImages of(Path folderOrImage) {
        input = folderOrImage;
        return this;
    }

    /** What they are written as; JPEG stays JPEG and all else becomes PNG where this is not said. */
    public TranslatedImages format(Format format) {
        this.format = format;
        return this;
    }

    /** Of JPEG files, from 1 to 100. */
    public TranslatedImages quality(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("--quality " + quality + " must be from 1 to 100");
        }
        this.quality = quality;
        return this;
    }

    /** What the activations of one image may take; a larger image is translated in strips, the same but for rounding. */
    public TranslatedImages memory(long bytes) {
        if (bytes < LEAST_MEMORY) {
            throw new IllegalArgumentException("--memory must be at least 16MiB (the default is 1GiB)");
        }
        memory = bytes;
        return this;
    }

    /** Takes the place of files that are there already. */
    public TranslatedImages overwriting() {
        overwrite = true;
        return this;
    }

    /** An HTML page with each image beside its translation, the first {@link #SHOWN}. */
    public TranslatedImages galleryInto(Path file) {
        gallery = Optional.of(file);
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public TranslatedImages device(String name) {
        device = name;
        return this;
    }

    /** What the network computes in and, where it learns nothing, is held in; float32 unless this is said. */
    public TranslatedImages precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** Of one operation; 0, the default, for one for each core that may be used. */
    public TranslatedImages threads(int threads) {
        this.threads = threads;
        return this;
    }

    @Override
    TranslatedImages self() {
        return this;
    }

    /** @throws IOException when weights or images cannot be read, or nothing can be written there, in one line */
    @Override
    public Result run() throws IOException {
        Torch.threads(threads);
        List<Task> tasks = tasks();
        List<String> failed;
        done = 0;
        long started = System.nanoTime();
        Device where = Devices.parse(device);
        precision.use(where);
        try (ImageTranslator translator =
                ImageTranslator.of(KnownWeights.generator(weights, where), where, memory, precision)) {
            Files.createDirectories(output());
            requireWritable();
            if (gallery.isPresent()) {
                OutputFile.requireWritable(gallery.get(), "translations.html");
                page = Optional.of(new TranslationGallery(gallery.get(), tasks.size()));
            }
            failed = each(tasks, "translating", "images", Task::source, task -> translate(task, translator));
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        listener()
                .note(
                        Note.Kind.RESULT,
                        String.format(
                                Locale.ROOT,
                                "%d of %d images translated into %s%s, %.2f images/s%s",
                                done,
                                tasks.size(),
                                output(),
                                becamePng == 0 ? "" : " (" + becamePng + " of formats that are not written became PNG)",
                                done / Math.max(1e-9, seconds),
                                precision.said()));
        if (page.isPresent() && done > 0) {
            listener().note(Note.Kind.WRITTEN, page.get().write());
        }
        listener().notes(Note.Kind.RESULT, kept.lines());
        return new Result(done, tasks.size(), failed);
    }

    private void requireWritable() throws IOException {
        if (!Files.isWritable(output())) {
            throw new IOException("cannot write into " + output() + ": choose another --output");
        }
    }

    private List<Task> tasks() throws IOException {
        if (!Files.exists(input)) {
            throw new IOException(input + " does not exist: give a folder of images, or an image");
        }
        if (!Files.isDirectory(input)) {
            return List.of(new Task(input, output().resolve(input.getFileName().toString())));
        }
        Originals originals = Originals.of(input);
        originals.requireOutside(output());
        ImageFolder images = ImageFolder.open(input);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Task task = new Task(images.file(i), output().resolve(input.relativize(images.file(i))));
            originals.requireFileOutside(task.target);
            tasks.add(task);
        }
        listener()
                .notes(
                        Note.Kind.DATA,
                        Survey.of(input, Map.of("images", images)).leftLines());
        return tasks;
    }

    private void translate(Task task, ImageTranslator translator) throws IOException {
        byte[] bytes = Decoder.bytes(task.source);
        ImageFormat own = ImageFormat.of(bytes).orElse(ImageFormat.PNG);
        ImageFormat same = own == ImageFormat.JPEG ? own : ImageFormat.PNG;
        ImageFormat wanted =
                switch (format) {
                    case KEEP -> same;
                    case PNG -> ImageFormat.PNG;
                    case JPEG -> ImageFormat.JPEG;
                };
        Path target = FormatName.of(task.target, wanted);
        requireFree(target, task.source);
        Original original = Original.decode(bytes, task.source.getFileName().toString());
        Image translated = translator.translate(original.image());
        Path folder = target.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Replacing.write(target, original.encode(translated, wanted, quality));
        kept.add(original, wanted);
        written.add(target);
        page.ifPresent(rows -> rows.add(output().relativize(target).toString(), original.image(), translated));
        becamePng += format == Format.KEEP && own != same ? 1 : 0;
        done++;
    }

    private void requireFree(Path target, Path source) throws IOException {
        if (written.contains(target)) {
            throw new IOException(target + " is already the translation of another image: rename one of them");
        }
        if (!Files.exists(target)) {
            return;
        }
        if (Files.isSameFile(target, source)) {
            throw new IOException("its translation would take its own place: choose another --output");
        }
        if (!overwrite) {
            throw new IOException(target + " is there already: give --overwrite, or another --output");
        }
    }
}
