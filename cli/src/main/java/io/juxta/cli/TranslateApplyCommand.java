package io.juxta.cli;

import io.juxta.runs.PictureWork;
import io.juxta.runs.TranslatedImages;
import java.nio.file.Path;
import java.util.Optional;
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
            "  juxta translate apply runs/a2o --input photos --output translated"
        })
final class TranslateApplyCommand extends PicturesCommand {
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

    @Option(names = "--format", paramLabel = "FORMAT", description = "keep (the default), png or jpeg.")
    private TranslatedImages.Format format = TranslatedImages.Format.KEEP;

    @Option(names = "--quality", paramLabel = "N", description = "Of JPEG files, 1 to 100; the default is 95.")
    private int quality = TranslatedImages.QUALITY;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "What the activations of one image may take, such as 512MiB; the default is 1GiB. A larger"
                    + " image is translated in strips, with the same result. libtorch's copies may take as much again.")
    private long memory = TranslatedImages.MEMORY;

    @Option(names = "--overwrite", description = "Replace files that are there already.")
    private boolean overwrite;

    @Option(
            names = "--gallery",
            paramLabel = "FILE",
            description = "An HTML page to be written, with each image beside its translation: the first "
                    + TranslatedImages.SHOWN + ".")
    private Optional<Path> gallery = Optional.empty();

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    TranslateApplyCommand() {
        super("stopping after this image", "what is translated is kept; give --overwrite to do all of it again");
    }

    @Override
    PictureWork<?> asked() {
        TranslatedImages images = TranslatedImages.by(weights)
                .of(input)
                .into(output)
                .format(format)
                .quality(quality)
                .memory(memory)
                .device(computed.device())
                .precision(computed.precision())
                .threads(threads);
        if (overwrite) {
            images.overwriting();
        }
        gallery.ifPresent(images::galleryInto);
        return images;
    }
}
