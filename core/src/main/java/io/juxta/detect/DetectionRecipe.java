package io.juxta.detect;

import io.juxta.torch.Precision;
import io.juxta.train.Schedule;
import io.juxta.train.Sgd;
import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import org.apiguardian.api.API;

/** All that a detector's run is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record DetectionRecipe(
        DetectorOptions detector,
        DetectionRate rate,
        Sgd.Options sgd,
        TrainingOptions training,
        PictureKeys pictures,
        StatisticsOptions statistics) {
    /** @throws IllegalArgumentException when a precision is asked for that boxes cannot be computed in */
    public DetectionRecipe {
        if (training.precision() != Precision.FLOAT32 && training.precision() != Precision.TF32) {
            throw new IllegalArgumentException("precision "
                    + training.precision().name().toLowerCase(java.util.Locale.ROOT)
                    + ": detectors learn in float32 or tf32");
        }
    }

    /** Binds the records; the caller may bind more, and then checks that all keys are known. */
    public static DetectionRecipe bind(Recipe recipe) {
        DetectorOptions detector = recipe.bind(DetectorOptions.class);
        DetectionRate rate = recipe.bind(DetectionRate.class);
        Sgd.Options sgd = recipe.bind(Sgd.Options.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        PictureKeys pictures = recipe.bind(PictureKeys.class);
        StatisticsOptions statistics = recipe.bind(StatisticsOptions.class);
        try {
            return new DetectionRecipe(detector, rate, sgd, training, pictures, statistics);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /** The same for pictures of known classes. */
    public DetectionRecipe withClasses(List<String> names) {
        return new DetectionRecipe(detector, rate, sgd, training, pictures.withClasses(names), statistics);
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(detector, rate, sgd, training, pictures, statistics);
    }

    /** The rate of each step. */
    public Schedule schedule() {
        return rate.schedule(training.batchSize());
    }

    /** The network, with fresh weights from libtorch's generator. */
    public FasterRcnn network() {
        return new FasterRcnn(detector, pictures.classes().size());
    }
}
