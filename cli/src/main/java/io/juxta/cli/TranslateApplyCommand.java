package io.juxta.cli;

import io.juxta.cut.Translator;
import io.juxta.data.FileName;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Survey;
import io.juxta.exchange.KnownWeights;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.ImageFormat;
import io.juxta.image.Jpeg;
import io.juxta.image.Original;
import io.juxta.runs.OutputFile;
import io.juxta.torch.Devices;
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
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Translates images by a trained generator. */
@Command(
        name = "apply",
        description = "Translate images by a trained generator.",
        footer = {
            "",
            "Names, folders and sizes stay, transparency and resolution too; colours become sRGB. JPEG stays JPEG, all"
                    + " else becomes PNG. An image that cannot be translated is passed over and named at the end; the exit"
                    + " status is then 1.",
            "",
            "  juxta translate apply runs/apple2orange-fastcut-cpu --input photos --output translated"
        })
final class TranslateApplyCommand implements Callable<Integer> {
    private static final long LEAST_MEMORY = 16 << 20;

    @Parameters(
            paramLabel = "WEIGHTS",
            description =
                    "A run's folder, its generator.safetensors or one of its checkpoints; or a generator that import"
                            + " knows, such as CUT's latest_net_G.pth.")
    private Path weights = Path.of("");

    @Option(names = "--input", required = true, paramLabel = "DIR|FILE", description = "The images, or one image.")
    private Path input = Path.of("");

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Where translations go.")
    private Path output = Path.of("");

    /** What translations are written as. */
    enum Format {
        KEEP,
        PNG,
        JPEG
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "keep (the default), png or jpeg.")
    private Format format = Format.KEEP;

    @Option(names = "--quality", paramLabel = "N", description = "Of JPEG files, 1 to 100; the default is 95.")
    private int quality = Jpeg.QUALITY;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "What the activations of one image may take, such as 512MiB; the default is 1GiB. A larger"
                    + " image is translated in strips: the result is the same, and takes longer.")
    private long memory = Translator.MEMORY;

    @Option(names = "--overwrite", description = "Replace files that are there already.")
    private boolean overwrite;

    @Option(
            names = "--gallery",
            paramLabel = "FILE",
            description = "An HTML page to be written, with each image beside its translation: the first "
                    + TranslationGallery.MOST + ".")
    private Optional<Path> gallery = Optional.empty();

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    @Mixin
    private QuietOption quiet = new QuietOption();

    private Optional<TranslationGallery> page = Optional.empty();

    /** What this call has written. */
    private final Set<Path> written = new HashSet<>();

    private final KeptSideData kept = new KeptSideData();

    /** Images of formats that are read but not written. */
    private int becamePng;

    /** An image and the name that its translation gets, without ending. */
    private record Task(Path source, Path target) {}

    @Override
    public Integer call() throws IOException {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("--quality " + quality + " must be from 1 to 100");
        }
        if (memory < LEAST_MEMORY) {
            throw new IllegalArgumentException("--memory must be at least 16MiB (the default is 1GiB)");
        }
        Torch.threads(threads);
        List<Task> tasks = tasks();
        List<String> failed = new ArrayList<>();
        int done = 0;
        long started = System.nanoTime();
        Device where = Devices.parse(device);
        try (Translator translator = Translator.of(KnownWeights.generator(weights, where), where, memory);
                Interruption interruption = Interruption.watch("stopping after this image")) {
            Files.createDirectories(output);
            requireWritable();
            if (gallery.isPresent()) {
                OutputFile.requireWritable(gallery.get(), "translations.html");
                page = Optional.of(new TranslationGallery(gallery.get(), tasks.size()));
            }
            try (Progress progress = Progress.start(quiet.style(), "translating", "images", tasks.size())) {
                for (Task task : tasks) {
                    if (interruption.requested()) {
                        break;
                    }
                    try {
                        translate(task, translator);
                        done++;
                    } catch (IOException | RuntimeException | OutOfMemoryError e) {
                        if (!Failures.isMendable(e)) {
                            throw e;
                        }
                        failed.add(task.source + ": " + Failures.describe(e));
                    }
                    progress.advance(1, "");
                }
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%d of %d images translated into %s%s, %.2f images/s%n",
                    done,
                    tasks.size(),
                    output,
                    becamePng == 0 ? "" : " (" + becamePng + " of formats that are not written became PNG)",
                    done / Math.max(1e-9, seconds));
            if (page.isPresent() && done > 0) {
                System.out.println(page.get().write());
            }
            kept.lines().forEach(System.out::println);
            failed.forEach(failure -> System.err.println("juxta: " + failure));
            if (done + failed.size() < tasks.size()) {
                System.err.println(Failures.prefix()
                        + " interrupted: what is translated is kept; give --overwrite to do all of it again");
                return ExitStatus.INTERRUPTED;
            }
        }
        return failed.isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void requireWritable() throws IOException {
        if (!Files.isWritable(output)) {
            throw new IOException("cannot write into " + output + ": choose another --output");
        }
    }

    private List<Task> tasks() throws IOException {
        if (!Files.exists(input)) {
            throw new IOException(input + " does not exist: give a folder of images, or an image");
        }
        if (!Files.isDirectory(input)) {
            return List.of(new Task(input, output.resolve(input.getFileName().toString())));
        }
        Originals originals = Originals.of(input);
        originals.requireOutside(output);
        ImageFolder images = ImageFolder.open(input);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Task task = new Task(images.file(i), output.resolve(input.relativize(images.file(i))));
            originals.requireFileOutside(task.target);
            tasks.add(task);
        }
        Survey.of(input, Map.of("images", images)).leftLines().forEach(System.out::println);
        return tasks;
    }

    private void translate(Task task, Translator translator) throws IOException {
        byte[] bytes = Decoder.bytes(task.source);
        ImageFormat own = ImageFormat.of(bytes).orElse(ImageFormat.PNG);
        ImageFormat same = own == ImageFormat.JPEG ? own : ImageFormat.PNG;
        ImageFormat wanted =
                switch (format) {
                    case KEEP -> same;
                    case PNG -> ImageFormat.PNG;
                    case JPEG -> ImageFormat.JPEG;
                };
        Path target = named(task.target, wanted);
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
        page.ifPresent(rows -> rows.add(output.relativize(target).toString(), original.image(), translated));
        becamePng += format == Format.KEEP && own != same ? 1 : 0;
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

    /** The name as it is where it has an ending of the format, otherwise with the format's ending instead of its own. */
    private static Path named(Path target, ImageFormat format) {
        // a name that is no text keeps its bytes where it stays, and has them written out where it changes
        String name = FileName.of(target.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        boolean fits = format == ImageFormat.JPEG
                ? lower.endsWith(".jpg") || lower.endsWith(".jpeg") || lower.endsWith(".jpe")
                : lower.endsWith(".png");
        return fits ? target : target.resolveSibling(name.replaceFirst("\\.[^.]*$", "") + "." + format.extension());
    }
}
