package io.juxta.runs;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.distributed.Communicator;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.eval.neighbours.RawPixels;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.runs.compared.Comparison;
import io.juxta.runs.compared.ComparisonFiles;
import io.juxta.runs.compared.Contender;
import io.juxta.runs.compared.Contest;
import io.juxta.runs.compared.DrawnTest;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * Does pre-training pay? Raw pixels, the network untrained, and each given encoder name the same held-out images: by their
 * nearest neighbours, by a linear classifier of all labels, and of 1, 5, 10 and 50 labels of each class.
 *
 * <pre>{@code
 * Comparison comparison = Comparing.of(List.of(Path.of("runs/a"), Path.of("runs/b"))).on(Path.of("labelled")).run();
 * System.out.println(comparison.verdict());
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is interrupted.
 * Memory is that of the features of one contender.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Comparing {
    private static final int SEEDS = 5;

    private final List<Path> weights;
    private Path data = Path.of("");
    private Optional<Path> output = Optional.empty();
    private int seeds = SEEDS;
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private WorkListener listener = new WorkListener() {};

    private Comparing(List<Path> weights) {
        this.weights = List.copyOf(weights);
    }

    /** @param weights runs' folders, files of weights in them, or weights that import knows; at least one, each once */
    public static Comparing of(List<Path> weights) {
        if (weights.isEmpty()) {
            throw new IllegalArgumentException("nothing to compare: give a run's folder or a file of weights");
        }
        Set<Path> once = new LinkedHashSet<>();
        for (Path each : weights) {
            if (!once.add(each.toAbsolutePath().normalize())) {
                throw new IllegalArgumentException(each + " is there twice: give each once");
            }
        }
        return new Comparing(weights);
    }

    /**
     * Labelled images: a folder with {@code train} and {@code test} (or {@code val}), a folder for each class in them. Where
     * nothing is set apart to judge by, a fifth of each class is drawn.
     */
    public Comparing on(Path folder) {
        data = folder;
        return this;
    }

    /** A folder for a table and a page, made where it is not there. */
    public Comparing into(Path folder) {
        output = Optional.of(folder);
        return this;
    }

    /** How often labels are drawn, 5 unless this is said. */
    public Comparing seeds(int seeds) {
        if (seeds < 2 || seeds > 1000) {
            throw new IllegalArgumentException(
                    "--seeds " + seeds + " must be from 2 to 1000: an interval needs two draws at least");
        }
        this.seeds = seeds;
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public Comparing device(String name) {
        device = name;
        return this;
    }

    /** What the networks compute in; float32 unless this is said. */
    public Comparing precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** Who is told what is found, and how it goes. */
    public Comparing told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /** @throws IOException when weights or images cannot be read, or nothing can be written, in one line */
    public Comparison run() throws IOException {
        if (output.isPresent()) {
            prepare(output.get());
        }
        List<Contender> baselines = new ArrayList<>();
        List<Contender> encoders = new ArrayList<>();
        Set<String> networks = new LinkedHashSet<>();
        int learned = 0;
        for (Path each : weights) {
            WorkListener told = encoders.isEmpty() ? listener : new WorkListener() {};
            JudgedEncoder judged =
                    new JudgedEncoder(each, Optional.of(data), device, precision, List.of(), Processes.alone(), told);
            TrainedEncoder encoder = judged.encoder();
            Dataset images = judged.images(encoder);
            Dataset heldOut;
            if (Datasets.find(data, Split.TEST).isPresent()) {
                heldOut = judged.heldOut(encoder, images);
            } else {
                DrawnTest drawn = DrawnTest.of(images, data.toString());
                images = drawn.learned();
                heldOut = drawn.heldOut();
                told.note(Note.Kind.DATA, drawn.line());
            }
            Contest contest = new Contest(images.classes().size(), seeds);
            learned = images.size();
            if (encoders.isEmpty()) {
                baselines.add(pixels(contest, images, heldOut, encoder.evaluation()));
            }
            if (networks.add(shapes(encoder.network()))) {
                try (EncoderNetwork untrained = judged.untrained(encoder).get()) {
                    String name = networks.size() == 1 ? "untrained" : "untrained, as " + name(each);
                    baselines.add(
                            embedded(contest, name, Contender.Kind.UNTRAINED, untrained, encoder, images, heldOut));
                }
            }
            try (EncoderNetwork network = encoder.network()) {
                encoders.add(embedded(contest, name(each), Contender.Kind.ENCODER, network, encoder, images, heldOut));
            }
        }
        List<Contender> all = new ArrayList<>(baselines);
        all.addAll(encoders);
        Comparison comparison = new Comparison(all, learned, encoders.get(0).right().length);
        listener.notes(Note.Kind.RESULT, comparison.lines());
        listener.note(Note.Kind.RESULT, comparison.verdict());
        if (output.isPresent()) {
            ComparisonFiles.write(comparison, output.get(), about(comparison));
            listener.note(Note.Kind.WRITTEN, "table     " + output.get().resolve(ComparisonFiles.CSV));
            listener.note(Note.Kind.WRITTEN, "page      " + output.get().resolve(ComparisonFiles.PAGE));
        }
        return comparison;
    }

    private void prepare(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + ": is a file; give the folder that table and page go into");
        }
        Originals.of(data).requireOutside(folder);
        Files.createDirectories(folder);
    }

    private static String name(Path weights) {
        return weights.normalize().toString();
    }

    /** What tells networks apart that begin differently. */
    private static String shapes(EncoderNetwork network) {
        return StateDict.parameters(network).entrySet().stream()
                .map(of -> of.getKey() + StateDict.shape(of.getValue()))
                .collect(Collectors.joining(" "));
    }

    private Contender pixels(Contest contest, Dataset images, Dataset heldOut, Augmentation view) throws IOException {
        Augmentation small = RawPixels.view(view);
        String name = "pixels (" + small.size() + " px)";
        try (Features bank = Features.ofPixels(images, small, FeatureOptions.Length.UNIT)
                        .readable();
                Features asked = Features.ofPixels(heldOut, small, FeatureOptions.Length.UNIT)
                        .readable()) {
            return ask(contest, name, Contender.Kind.PIXELS, bank, asked);
        }
    }

    private Contender embedded(
            Contest contest,
            String name,
            Contender.Kind kind,
            EncoderNetwork network,
            TrainedEncoder encoder,
            Dataset images,
            Dataset heldOut)
            throws IOException {
        FeatureOptions unit = FeatureOptions.of(Layer.BACKBONE, FeatureOptions.Length.UNIT);
        IntConsumer counting =
                Counting.of(listener, name + ", features", "images", (long) images.size() + heldOut.size());
        Augmentation view = encoder.evaluation();
        try (Features bank = Features.of(network, images, view, unit, Communicator.single(), counting)
                        .readable();
                Features asked = Features.of(network, heldOut, view, unit, Communicator.single(), counting)
                        .readable()) {
            return ask(contest, name, kind, bank, asked);
        }
    }

    private Contender ask(Contest contest, String name, Contender.Kind kind, Features bank, Features asked)
            throws IOException {
        return contest.ask(
                name, kind, bank, asked, Counting.of(listener, name + ", answers", "answers", contest.tasks()));
    }

    private String about(Comparison comparison) {
        return String.format(
                Locale.ROOT,
                "%,d labelled images of %s to learn from, %,d held out.",
                comparison.images(),
                data,
                comparison.heldOut());
    }
}
