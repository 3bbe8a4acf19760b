package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Originals;
import io.juxta.eval.JudgedEpoch;
import io.juxta.eval.LabelSplit;
import io.juxta.eval.SemiSupervised;
import io.juxta.eval.SemiSupervisedOptions;
import io.juxta.exchange.TrainedEncoder;
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

/** Fine-tuning of an encoder on a few labels. */
@Command(
        name = "semi",
        description = "Accuracy of the encoder fine-tuned, with a fresh linear head, on a part of the labels, as SwAV's"
                + " eval_semisup.py does it. The file of weights stays as it is.",
        footer = {
            "",
            "Options for --set: semi-share=0.1 (of the labels of each class), semi-lr and semi-head-lr (of the encoder"
                    + " and the head: 0.01 and 0.2 with 10 %% of the labels, 0.02 and 5 with 1 %%), semi-epochs=20,"
                    + " semi-schedule=[12, 16] (epochs from which on the rates are a fifth), semi-momentum=0.9,"
                    + " semi-weight-decay=0, semi-batch-size=256, seed=0 (of the split, the head and the views)."
        })
final class EvaluateSemiCommand implements Callable<Integer>, Keyed {
    @Mixin
    private JudgedEncoder judged = new JudgedEncoder();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Take the labels of these images: a text file with the name of a training image in each line,"
                    + " as --out writes it.")
    private Optional<Path> labels = Optional.empty();

    @Option(names = "--out", paramLabel = "FILE", description = "Write the names of the images whose labels are taken.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Set<String> keys() {
        return Recipe.keys(SemiSupervisedOptions.class);
    }

    @Override
    public Integer call() throws IOException {
        try (Interruption interruption = Interruption.ofThisThread()) {
            return evaluate();
        }
    }

    private int evaluate() throws IOException {
        SemiSupervisedOptions asked = judged.options(SemiSupervisedOptions.class);
        if (labels.isPresent() && asked.share().isPresent()) {
            throw new IllegalArgumentException("--labels says which labels are taken, semi-share how many: give one");
        }
        if (out.isPresent()) {
            judged.originals().requireNoneAt(out.get());
            if (labels.isPresent()) {
                Originals.of(labels.get()).requireNoneAt(out.get());
            }
        }
        TrainedEncoder encoder = judged.encoder();
        Dataset images = judged.images(encoder);
        Dataset heldOut = judged.heldOut(encoder, images);
        LabelSplit split = labels.isPresent() ? LabelSplit.read(labels.get(), images) : asked.split(images);
        Group group = Group.ofEnvironment();
        Consumer<Object> say = group.speaks() ? System.out::println : line -> {};
        say.accept(split);
        SemiSupervisedOptions options = asked.fitTo(split, say::accept);
        if (out.isPresent() && group.speaks()) {
            split.write(out.get());
        }
        RunIdentity identity = RunIdentity.of("semi", List.of(options), split.images(), heldOut);
        return judged.together(encoder, identity, communicator -> {
            say.accept(SemiSupervised.run(
                    encoder.network(),
                    split.images(),
                    encoder.linearTrain(),
                    heldOut,
                    encoder.evaluation(),
                    options,
                    communicator,
                    epoch -> {
                        if (group.speaks()) {
                            say(epoch, options.headLr(epoch.epoch()));
                        }
                    }));
            if (communicator.isFirst()) {
                JudgedEncoder.compare(encoder, split.images(), heldOut);
            }
            return ExitStatus.DONE;
        });
    }

    private void say(JudgedEpoch epoch, double headLr) {
        if (quiet.style() != Progress.Style.NONE) {
            System.out.printf(
                    Locale.ROOT,
                    "epoch %d: lr %.4g, head lr %.4g, loss %.4f, train %.2f %%, held out %.2f %%%n",
                    epoch.epoch() + 1,
                    epoch.lr(),
                    headLr,
                    epoch.loss(),
                    epoch.train().top1(),
                    epoch.validation().top1());
        }
    }
}
