package io.juxta.cli;

import io.juxta.runs.Translating;
import io.juxta.train.recipe.Recipe;
import java.util.Set;
import picocli.CommandLine.Command;

/** Trains a generator that translates images of one domain to another. */
@Command(
        name = "train",
        description = "Train a generator that translates images of one domain to another, by a recipe.",
        footer = {
            "",
            "The data folder may hold trainA and trainB (and testA and testB, to judge by), A and B, two folders that"
                    + " the recipe names, or sheets with both images side by side. The run's folder gets the recipe as"
                    + " resolved, metrics.csv, checkpoints and generator.safetensors. --from takes a run's folder or one of its"
                    + " checkpoints, or the original's latest_net_G.pth or its folder, with _D and _F where they lie"
                    + " beside it.",
            "",
            "  juxta translate train folder/cut --data photos",
            "  juxta translate train apple2orange/fastcut-cpu --data photos --set epochs=4",
            "  juxta translate train --resume --run runs/short"
        })
final class TranslateTrainCommand extends TrainCommand<Translating> {
    @Override
    public Set<String> keys() {
        return Translating.keys();
    }

    @Override
    Translating by(Recipe recipe) {
        return Translating.by(recipe);
    }
}
