package io.juxta.moco;

import io.juxta.backbone.ResNet;
import io.juxta.train.FineTuning;
import io.juxta.train.LearningRate;
import io.juxta.train.Sgd;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.RateFit;
import io.juxta.train.embedding.ViewOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apiguardian.api.API;

/** All that a MoCo run is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record MocoRecipe(
        MocoOptions moco,
        ViewOptions views,
        LearningRate learningRate,
        Sgd.Options sgd,
        FineTuning tuning,
        TrainingOptions training,
        Fit fit) {
    /**
     * What may give way so that one recipe serves any folder. Each change is announced.
     */
    public record Fit(
            @Means(
                    value =
                            "the batch size that lr is meant for: another one scales lr in proportion; null takes lr as "
                                    + "it stands",
                    unit = "images",
                    source = "Goyal et al. 2017")
            @Range(least = 1)
            Optional<Integer> lrForBatch,

            @Means("whether K comes down to the number of images of an epoch, so that the queue holds no image "
                    + "twice")
            @Default("false")
            boolean capQueue) {
        public Fit {
            new RateFit(lrForBatch);
        }
    }

    public MocoRecipe {
        tuning.require(ResNet.STAGES);
        training.requireBatchesOfTwo();
        if (training.batchSize() % moco.bnGroups() != 0) {
            throw new IllegalArgumentException("batch-size " + training.batchSize() + " is not a multiple of bn-groups "
                    + moco.bnGroups() + ": change one of them");
        }
        if (training.batchSize() / moco.bnGroups() < 2) {
            throw new IllegalArgumentException("bn-groups " + moco.bnGroups() + " leave "
                    + training.batchSize() / moco.bnGroups() + " image of the batch of " + training.batchSize()
                    + " in a group, which needs at least 2: lower bn-groups");
        }
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static MocoRecipe bind(Recipe recipe) {
        MocoOptions moco = recipe.bind(MocoOptions.class);
        ViewOptions views = recipe.bind(ViewOptions.class);
        LearningRate learningRate = recipe.bind(LearningRate.class);
        Sgd.Options sgd = recipe.bind(Sgd.Options.class);
        FineTuning tuning = recipe.bind(FineTuning.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        Fit fit = recipe.bind(Fit.class);
        try {
            return new MocoRecipe(moco, views, learningRate, sgd, tuning, training, fit);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * This recipe for a data set of a certain size.
     *
     * @param images in the data set
     * @param say gets a line for each value that changed, and for a choice that costs accuracy
     * @throws IllegalArgumentException when the images do not fill one batch
     */
    public MocoRecipe fitTo(int images, Consumer<String> say) {
        MocoOptions fittedMoco = moco;
        int batch = training.batchSize();
        requireBatch(images);
        int used = images / batch * batch;
        if (fit.capQueue() && moco.K() > used && used > 0) {
            say.accept("K " + moco.K() + " becomes " + used + ": the " + images
                    + " images give no more keys in an epoch (cap-queue)");
            fittedMoco = moco.withQueue(used);
        }
        LearningRate fittedRate = new RateFit(fit.lrForBatch()).rate(learningRate, batch, say);
        if (moco.bnGroups() == 1) {
            say.accept("bn-groups is 1: queries and keys share batch statistics, through which a network can tell the"
                    + " positive without learning; about 4 points of accuracy in the authors' CIFAR-10 runs");
        }
        // fitted values stand as they are: they must not be fitted a second time when the run's recipe is read
        return new MocoRecipe(fittedMoco, views, fittedRate, sgd, tuning, training, new Fit(Optional.empty(), false));
    }

    private void requireBatch(int images) {
        int batch = training.batchSize();
        if (batch > images) {
            int groups = moco.bnGroups();
            int most = images / groups * groups;
            throw new IllegalArgumentException(
                    "batch-size " + batch + " is above the number of images, " + images + ": "
                            + (most >= 2 * groups
                                    ? "set it to at most " + most
                                    : "with bn-groups " + groups + " at least " + 2 * groups + " images are needed"));
        }
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(moco, views, learningRate, sgd, tuning, training, fit);
    }
}
