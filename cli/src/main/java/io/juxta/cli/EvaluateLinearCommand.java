package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.eval.Accuracy;
import io.juxta.eval.GivenClassifier;
import io.juxta.eval.JudgedEpoch;
import io.juxta.eval.LinearProbe;
import io.juxta.eval.LinearProbeOptions;
import io.juxta.eval.LinearProbeResult;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The linear probe of an encoder. */
@Command(
        name = "linear",
        description = "Accuracy of a linear classifier trained on the frozen encoder's features, as MoCo's"
                + " main_lincls.py or SwAV's eval_linear.py does it.",
        footer = {
            "",
            "Options for --set: probe-protocol=moco (or swav, the default for encoders of SwAV and DeepCluster-v2, which is probe-lr=0.3, probe-weight-decay=1e-6,"
                    + " probe-lr-schedule=cosine where these are not set), probe-epochs=100, probe-lr=30,"
                    + " probe-lr-schedule=step with probe-schedule=[60, 80], probe-momentum=0.9,"
                    + " probe-weight-decay=0, probe-batch-size=256, probe-bn=false (true: a batch norm before the"
                    + " classifier), probe-nesterov=false, probe-global-pooling=true (false: four averages of the map of"
                    + " features), seed=0, and probe-mode=augmented; cached computes the features of plain images"
                    + " once, which is a hundred times less work and not the original protocol."
        })
final class EvaluateLinearCommand implements Callable<Integer>, Keyed {
    @Mixin
    private JudgedEncoder judged = new JudgedEncoder();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description = "Train nothing: judge the held-out images by this classifier, which --out, main_lincls.py or"
                    + " eval_linear.py has written, or by the fc of a torchvision network.")
    private Optional<Path> classifier = Optional.empty();

    @Option(names = "--out", paramLabel = "FILE", description = "Write the classifier after the last epoch.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Set<String> keys() {
        return Recipe.keys(LinearProbeOptions.class);
    }

    @Override
    public Integer call() throws IOException {
        try (Interruption interruption = Interruption.ofThisThread()) {
            return classifier.isPresent() ? judge(classifier.get()) : evaluate();
        }
    }

    private int judge(Path file) throws IOException {
        if (out.isPresent()) {
            throw new IllegalArgumentException("--classifier trains nothing that --out could write: give one of them");
        }
        LinearProbeOptions options = judged.linearProbe();
        judged.refuseOtherThan("probe-batch-size", "--classifier trains nothing");
        try (GivenClassifier given = GivenClassifier.read(file)) {
            TrainedEncoder encoder = judged.encoder();
            Dataset heldOut = judged.heldOut(encoder);
            RunIdentity identity = RunIdentity.of("linear", List.of(options), heldOut);
            return judged.together(encoder, identity, communicator -> {
                Accuracy accuracy = given.judge(
                        encoder.network(), heldOut, encoder.evaluation(), options.batchSize(), communicator);
                if (communicator.isFirst()) {
                    System.out.println("given classifier: " + accuracy);
                }
                return ExitStatus.DONE;
            });
        }
    }

    private int evaluate() throws IOException {
        if (out.isPresent()) {
            CsvFile.requireWritable(out.get(), "classifier.safetensors");
        }
        TrainedEncoder encoder = judged.encoder();
        LinearProbeOptions options = judged.linearProbe(encoder);
        Dataset images = judged.images(encoder);
        Augmentation plain = encoder.evaluation();
        Augmentation train = options.mode() == LinearProbeOptions.Mode.CACHED ? plain : encoder.linearTrain();
        Dataset heldOut = judged.heldOut(encoder, images);
        RunIdentity identity = RunIdentity.of("linear", List.of(options), images, heldOut);
        return judged.together(encoder, identity, communicator -> {
            Consumer<JudgedEpoch> progress = communicator.isFirst() ? this::say : epoch -> {};
            LinearProbeResult result =
                    LinearProbe.run(encoder.network(), images, train, heldOut, plain, options, communicator, progress);
            if (communicator.isFirst()) {
                System.out.println(result);
                JudgedEncoder.compare(encoder, images, heldOut);
                if (out.isPresent()) {
                    GivenClassifier.write(out.get(), result, heldOut.classes());
                    System.out.println("classifier: " + out.get());
                }
            }
            return ExitStatus.DONE;
        });
    }

    private void say(JudgedEpoch epoch) {
        if (quiet.style() != Progress.Style.NONE) {
            System.out.printf(
                    Locale.ROOT,
                    "epoch %d: lr %.4g, loss %.4f, train %.2f %%, held out %.2f %%%n",
                    epoch.epoch() + 1,
                    epoch.lr(),
                    epoch.loss(),
                    epoch.train().top1(),
                    epoch.validation().top1());
        }
    }
}
