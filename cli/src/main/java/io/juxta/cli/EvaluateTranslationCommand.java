package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.data.Survey;
import io.juxta.eval.DomainDistance;
import io.juxta.eval.FeatureSource;
import io.juxta.eval.ImageBatches;
import io.juxta.eval.ImagePairs;
import io.juxta.eval.KernelOptions;
import io.juxta.eval.PairQualities;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Devices;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
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
final class EvaluateTranslationCommand implements Callable<Integer>, Keyed {
    private static final int LISTED = 20;

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

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set an option, as often as needed; see below.")
    private List<String> overrides = new ArrayList<>();

    /** @param size of the images that they are made of */
    private record Features(FeatureSource source, int size) {}

    @Override
    public Set<String> keys() {
        return Recipe.keys(KernelOptions.class);
    }

    @Override
    public Integer call() throws IOException {
        Group.requireAlone("evaluate translation");
        try (Interruption interruption = Interruption.ofThisThread()) {
            return evaluate();
        }
    }

    private int evaluate() throws IOException {
        KernelOptions options = JudgedEncoder.options(overrides, KernelOptions.class);
        checkOptions();
        Dataset translated = open(generated);
        Dataset domain = open(target);
        Optional<Dataset> before = source.isPresent() ? Optional.of(open(source.get())) : Optional.empty();
        Optional<ImagePairs> paired = pairs ? Optional.of(ImagePairs.of(translated, domain)) : Optional.empty();
        Features features = features();
        try (DomainDistance toTarget =
                DomainDistance.to(ImageBatches.of(domain, features.size()), features.source(), options)) {
            System.out.println(counted("target", target, domain, toTarget.size()) + ", all images at " + features.size()
                    + " x " + features.size());
            if (before.isPresent()) {
                say("source", source.get(), before.get(), toTarget, features);
            }
            say("generated", generated, translated, toTarget, features);
        }
        if (paired.isPresent()) {
            say(paired.get(), paired.get().measure(translated, domain));
        }
        return ExitStatus.DONE;
    }

    private void checkOptions() throws IOException {
        if (out.isPresent() && !pairs) {
            throw new IllegalArgumentException("--out " + out.get() + " is for the figures of pairs: give --pairs too");
        }
        if (size.isPresent() && size.get() < FeatureSource.PIXELS) {
            throw new IllegalArgumentException(
                    "--size " + size.get() + " must be at least " + FeatureSource.PIXELS + " (the default is 64)");
        }
        if (out.isPresent()) {
            CsvFile.requireWritable(out.get(), "pairs.csv");
            Originals.of(generated, target).requireNoneAt(out.get());
        }
    }

    private static Dataset open(Path folder) throws IOException {
        Dataset images = ImageFolder.open(folder);
        Survey.of(folder, Map.of("images", images)).leftLines().forEach(System.out::println);
        if (images.size() < 2) {
            throw new IOException(folder + " holds a single image: a distance between sets needs at least 2 in each");
        }
        return images;
    }

    private Features features() throws IOException {
        if (encoder.isEmpty()) {
            return new Features(FeatureSource.pixels(), size.orElse(64));
        }
        TrainedEncoder read = TrainedEncoder.read(encoder.get(), Devices.parse(device));
        return new Features(
                FeatureSource.encoder(
                        encoder.get().toString(),
                        read.network(),
                        read.evaluation().normalization()),
                size.orElse(read.evaluation().size()));
    }

    private static void say(String what, Path folder, Dataset images, DomainDistance toTarget, Features features)
            throws IOException {
        DomainDistance.Measured measured = toTarget.of(ImageBatches.of(images, features.size()));
        System.out.println(counted(what, folder, images, measured.frechet().first()));
        System.out.println(what + " to target: " + measured);
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

    private void say(ImagePairs paired, PairQualities qualities) throws IOException {
        System.out.println("pairs: " + qualities);
        sayWithout("generated images without a partner in the target", paired.onlyGenerated());
        sayWithout("target images without a partner among the generated", paired.onlyTarget());
        if (out.isPresent()) {
            PairTable.write(out.get(), qualities);
            System.out.println("table: " + out.get());
        }
    }

    private static void sayWithout(String what, List<String> names) {
        if (!names.isEmpty()) {
            String more = names.size() > LISTED ? ", and " + (names.size() - LISTED) + " more" : "";
            System.out.printf(
                    Locale.ROOT,
                    "%,d %s: %s%s%n",
                    names.size(),
                    what,
                    names.stream().limit(LISTED).collect(Collectors.joining(", ")),
                    more);
        }
    }
}
