package io.juxta.cli;

import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.Set;
import picocli.CommandLine.Command;

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
final class EvaluateKnnCommand extends JudgeCommand {
    @Override
    public Set<String> keys() {
        return Recipe.keys(KnnOptions.class);
    }

    @Override
    Judgement judge(Judging judging) throws IOException {
        return judging.knn();
    }
}
