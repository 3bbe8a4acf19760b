package io.juxta.siamese;

import io.juxta.train.FineTuning;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/** What the recipes of all methods of this family have in common. */
@API(status = API.Status.INTERNAL)
public record SiameseOptions(
        BackboneOptions backbone,
        ViewPair views,
        WarmCosine rate,
        UpdateOptions updates,
        FineTuning tuning,
        TrainingOptions training) {
    public SiameseOptions {
        tuning.require(backbone.stages());
        backbone.requireSides("image-size", List.of(views.imageSize()));
        training.requireBatchesOfTwo();
    }

    static SiameseOptions bind(Recipe recipe) {
        return new SiameseOptions(
                recipe.bind(BackboneOptions.class),
                recipe.bind(ViewPair.class),
                recipe.bind(WarmCosine.class),
                recipe.bind(UpdateOptions.class),
                recipe.bind(FineTuning.class),
                recipe.bind(TrainingOptions.class));
    }

    SiameseOptions fitTo(int images, Consumer<String> say) {
        training.requireBatchOf(images);
        return new SiameseOptions(backbone, views, rate.fitTo(training.batchSize(), say), updates, tuning, training);
    }

    List<Record> records() {
        return List.of(backbone, views, rate, updates, tuning, training);
    }
}
