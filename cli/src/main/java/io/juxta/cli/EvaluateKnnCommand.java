package io.juxta.cli;

import io.juxta.backbone.Encoder;
import io.juxta.data.Dataset;
import io.juxta.eval.Accuracy;
import io.juxta.eval.Baselines;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Knn;
import io.juxta.eval.KnnOptions;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** kNN accuracy of an encoder. */
@Command(
        name = "knn",
        description = "Accuracy of the k nearest neighbours: each held-out image is named by the training images most"
                + " like it, as MoCo's CIFAR-10 notebook does it.",
        footer = {
            "",
            "Options for --set: knn-k (neighbours), knn-t (temperature of their votes), knn-layer (head or backbone). The"
                    + " defaults are those of the encoder's own run; for weights that say none, 200, 0.1 and head."
        })
final class EvaluateKnnCommand implements Callable<Integer>, Keyed {
    @Mixin
    private JudgedEncoder judged = new JudgedEncoder();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Recipe.keys(KnnOptions.class);
    }

    @Override
    public Integer call() throws IOException {
        try (Interruption interruption = Interruption.ofThisThread()) {
            return evaluate();
        }
    }

    private int evaluate() throws IOException {
        TrainedEncoder encoder = judged.encoder();
        KnnOptions options = judged.knn(encoder);
        Dataset images = judged.images(encoder);
        Dataset heldOut = judged.heldOut(encoder, images);
        Augmentation view = encoder.evaluation();
        FeatureOptions unit = FeatureOptions.of(options.layer(), FeatureOptions.Length.UNIT);
        RunIdentity identity = RunIdentity.of("knn", List.of(options), images, heldOut);
        return judged.together(encoder, identity, communicator -> {
            Encoder network = encoder.network();
            Progress.Style style = communicator.isFirst() ? quiet.style() : Progress.Style.NONE;
            try (Progress progress =
                            Progress.start(style, "features", "images", (long) images.size() + heldOut.size());
                    Features bank =
                            Features.of(network, images, view, unit, communicator, done -> progress.advance(done, ""))
                                    .readable();
                    Features asked = Features.of(
                                    network, heldOut, view, unit, communicator, done -> progress.advance(done, ""))
                            .readable()) {
                Accuracy accuracy = Knn.evaluate(
                        asked.values(), asked.labels(), bank.values(), bank.labels(), options, communicator);
                if (communicator.isFirst()) {
                    options.caution(bank.size(), images.classes().size()).ifPresent(System.out::println);
                    say(accuracy, options, bank.size(), judged.whose(encoder));
                    System.out.println(Baselines.of(images, heldOut, view, options, judged.untrained(encoder)));
                }
            }
            return ExitStatus.DONE;
        });
    }

    private static void say(Accuracy accuracy, KnnOptions options, int bank, String whose) {
        System.out.printf(
                Locale.ROOT,
                "kNN %s (k %d, T %s, %s features, %,d in the bank; %s)%n",
                accuracy,
                options.k(),
                options.temperature(),
                options.layer().name().toLowerCase(Locale.ROOT),
                bank,
                whose);
    }
}
