package io.juxta.cli;

import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
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
                    + " semi-weight-decay=0, semi-batch-size=256, semi-layer-decay=1 (a block's rate over that of the one above),"
                    + " seed=0 (of the split, the head and the views)."
        })
final class EvaluateSemiCommand extends JudgeCommand {
    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Take the labels of these images: a text file with the name of a training image in each line,"
                    + " as --labels-output writes it.")
    private Optional<Path> labels = Optional.empty();

    @Option(
            names = {"--labels-output", "--out"},
            paramLabel = "FILE",
            description = "Write the names of the images whose labels are taken.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "Write the fine-tuned encoder and its classifier after the last epoch, calibrated: for juxta classify"
                            + " and export.")
    private Optional<Path> output = Optional.empty();

    @Override
    public Set<String> keys() {
        return Recipe.keys(SemiSupervisedOptions.class);
    }

    @Override
    Judgement judge(Judging judging) throws IOException {
        return judging.semi(labels, out, output);
    }
}
