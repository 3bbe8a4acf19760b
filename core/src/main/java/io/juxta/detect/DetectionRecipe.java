package io.juxta.detect;

import io.juxta.train.Schedule;
import io.juxta.train.Sgd;
import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
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
    /** Binds the records; the caller may bind more, and then checks that all keys are known. */
    public static DetectionRecipe bind(Recipe recipe) {
        DetectorOptions detector = recipe.bind(DetectorOptions.class);
        DetectionRate rate = recipe.bind(DetectionRate.class);
        Sgd.Options sgd = recipe.bind(Sgd.Options.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        PictureKeys pictures = recipe.bind(PictureKeys.class);
        StatisticsOptions statistics = recipe.bind(StatisticsOptions.class);
        return new DetectionRecipe(detector, rate, sgd, training, pictures, statistics);
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
