package io.juxta.siamese;

import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.torch.BatchNorm;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Barlow Twins (Zbontar et al., 2021): what a dimension of one view says, the same of the other is to say, and no other. */
@API(status = API.Status.INTERNAL)
public record BarlowTwinsRecipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.NONE);

    /** What Barlow Twins is. */
    public record Options(
            @Means(
                    value = "widths of the projector's layers: 8192, 8192, 8192 in the paper",
                    source = "Zbontar et al. 2021, section 2.2")
            @Range(least = 2, most = 65536)
            @Default("[8192, 8192, 8192]")
            List<Integer> projector,

            @Means(value = "λ, the weight of what is off the diagonal", source = "Zbontar et al. 2021, section 2.2")
            @Range(most = 100, above = 0)
            @Default("0.0051")
            double lambda,

            @Means(
                    value = "with several processes: exact is the derivative of the loss; original divides it by their "
                            + "number, as the authors' program does, so that weight decay counts for more",
                    source = "Zbontar et al. 2021, program")
            @Default("exact")
            CrossCorrelation.Gradient gradient) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            if (!(lambda > 0 && lambda <= 100)) {
                throw new IllegalArgumentException(
                        "lambda " + lambda + " must be above 0 and at most 100 (0.0051 is the paper's)");
            }
        }
    }

    public BarlowTwinsRecipe {
        if (shared.training().batchSize() < 8) {
            throw new IllegalArgumentException("batch-size " + shared.training().batchSize()
                    + " must be at least 8: correlations of fewer images say nothing (2048 is the paper's)");
        }
    }

    static BarlowTwinsRecipe bind(Recipe recipe) {
        return new BarlowTwinsRecipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "barlow-twins";
    }

    @Override
    public BarlowTwinsRecipe withShared(SiameseOptions other) {
        return new BarlowTwinsRecipe(own, other);
    }

    @Override
    public List<Integer> projector() {
        return own.projector;
    }

    @Override
    public Perceptron.Form projectorForm() {
        return FORM;
    }

    @Override
    public boolean comparesDimensions() {
        return true;
    }

    @Override
    public Objective objective(Communicator communicator) {
        return new Correlating(
                new BatchNorm(own.projector.get(own.projector.size() - 1), 1, BatchNorm.Affine.NONE),
                own,
                communicator);
    }

    /** Views are normalised over the batch, dimension by dimension, before they are correlated. */
    record Correlating(BatchNorm norm, Options options, Communicator communicator) implements Objective {
        @Override
        public Map<String, Tensor> of(TwoViews z, TwoViews k) {
            TwoViews normal = z.map(norm::forward);
            long batch = z.first().size(0) * communicator.size();
            return CrossCorrelation.figures(
                    CrossCorrelation.of(normal.first(), normal.second(), batch, options.gradient, communicator),
                    options.lambda);
        }

        @Override
        public Optional<Module> module() {
            return Optional.of(norm);
        }
    }

    /** D, which views cost that have nothing in common, and embeddings that are all alike. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.Views(
                own.projector.get(own.projector.size() - 1),
                0,
                shared.rate().warmupEpochs() * stepsPerEpoch,
                stepsPerEpoch,
                Diagnosis.Guard.STATISTICS);
    }
}
