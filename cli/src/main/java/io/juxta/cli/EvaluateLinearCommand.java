package io.juxta.cli;

import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
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
final class EvaluateLinearCommand extends JudgeCommand {
    @Option(
            names = "--classifier",
            paramLabel = "FILE",
            description =
                    "Train nothing: judge the held-out images by this classifier, which --output, main_lincls.py or"
                            + " eval_linear.py has written, or by the fc of a torchvision network.")
    private Optional<Path> classifier = Optional.empty();

    @Option(
            names = {"--output", "--out"},
            paramLabel = "FILE",
            description =
                    "Write the classifier after the last epoch, with its encoder and calibrated: for juxta classify and"
                            + " export.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Set<String> keys() {
        return Recipe.keys(LinearProbeOptions.class);
    }

    @Override
    Judgement judge(Judging judging) throws IOException {
        if (classifier.isPresent() && out.isPresent()) {
            throw new IllegalArgumentException(
                    "--classifier trains nothing that --output could write: give one of them");
        }
        return classifier.isPresent() ? judging.given(classifier.get()) : judging.linear(out);
    }
}
