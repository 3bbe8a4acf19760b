package io.juxta.cut;

import io.juxta.train.Adam;
import io.juxta.train.Recipe;
import io.juxta.train.TrainingOptions;
import java.util.List;

/** All that a CUT run is told by its recipe. */
public record CutRecipe(
        CutOptions cut, NetworkOptions networks, TranslationRate rate, Adam.Options adam, TrainingOptions training) {
    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static CutRecipe bind(Recipe recipe) {
        return new CutRecipe(
                recipe.bind(CutOptions.class),
                recipe.bind(NetworkOptions.class),
                recipe.bind(TranslationRate.class),
                recipe.bind(Adam.Options.class),
                recipe.bind(TrainingOptions.class));
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(cut, networks, rate, adam, training);
    }
}
