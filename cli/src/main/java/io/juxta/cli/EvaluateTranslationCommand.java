package io.juxta.cli;

import io.juxta.eval.translation.KernelOptions;
import io.juxta.runs.TranslationJudging;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How near translated images are to what they should look like. */
@Command(
        name = "translation",
        description = "How near translated images are to the images of their target domain: kernel distance (KID) and"
                + " Frechet distance of the features that are named in brackets, pixels16 or an encoder's; with"
                + " --pairs also L1, PSNR and SSIM to the true pictures.",
        footer = {
            "",
            "Options for --set: kid-subsets=100, kid-subset-size=1000 (of smaller sets all), seed=0 (of the subsets)."
        })
final class EvaluateTranslationCommand extends WorkCommand implements Keyed {
    @Option(names = "--generated", required = true, paramLabel = "DIR", description = "The translated images.")
    private Path generated = Path.of("");

    @Option(
            names = "--target",
            required = true,
            paramLabel = "DIR",
            description = "Images of the domain that they should look like.")
    private Path target = Path.of("");

    @Option(
            names = "--source",
            paramLabel = "DIR",
            description = "The images that were translated: how far they are from the target is said as well.")
    private Optional<Path> source = Optional.empty();

    @Option(
            names = "--pairs",
            description = "The target holds the true picture of each translated one, under the same name (the ending"
                    + " may differ).")
    private boolean pairs;

    @Option(names = "--out", paramLabel = "FILE", description = "With --pairs: write the figures of each as CSV.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--encoder",
            paramLabel = "FILE",
            description = "Take the features of an encoder: a run's encoder.safetensors, or one of its checkpoints."
                    + " Without it the colours of the image reduced to 16 x 16, called pixels16.")
    private Optional<Path> encoder = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "The square that images are resized to before features are made (default: 64, or what the"
                    + " encoder was trained at).")
    private Optional<Integer> size = Optional.empty();

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set an option, as often as needed; see below.")
    private List<String> overrides = new ArrayList<>();

    @Override
    public Set<String> keys() {
        return Recipe.keys(KernelOptions.class);
    }

    @Override
    void work(Spoken told) throws IOException {
        TranslationJudging judging = TranslationJudging.of(generated, target)
                .device(computed.device())
                .precision(computed.precision())
                .with(overrides);
        source.ifPresent(judging::source);
        out.ifPresent(judging::table);
        encoder.ifPresent(judging::seenBy);
        size.ifPresent(judging::size);
        if (pairs) {
            judging.paired();
        }
        judging.told(told).run();
    }
}
