package io.juxta.siamese;

import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import org.apiguardian.api.API;

/** VICReg (Bardes et al., 2022): views alike, every dimension varying, no dimension saying what another does. */
@API(status = API.Status.INTERNAL)
public record VicRegRecipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.HIDDEN, Perceptron.LastNorm.NONE);

    /** What VICReg is. */
    public record Options(
            @Means(
                    value = "widths of the projector's layers: 8192, 8192, 8192 in the paper",
                    source = "Bardes et al. 2022, section 4.2")
            @Range(least = 2, most = 65536)
            @Default("[8192, 8192, 8192]")
            List<Integer> projector,

            @Means(value = "weight of the views' distance", source = "Bardes et al. 2022, section 4.2")
            @Range(least = 0, most = 10000)
            @Default("25")
            double simCoeff,

            @Means(value = "weight of the variance", source = "Bardes et al. 2022, section 4.2")
            @Range(least = 0, most = 10000)
            @Default("25")
            double stdCoeff,

            @Means(value = "weight of the covariance", source = "Bardes et al. 2022, section 4.2")
            @Range(least = 0, most = 10000)
            @Default("1")
            double covCoeff) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            check("sim-coeff", simCoeff, "25");
            check("std-coeff", stdCoeff, "25");
            check("cov-coeff", covCoeff, "1");
        }

        private static void check(String key, double weight, String usual) {
            if (!(weight >= 0 && weight <= 10000)) {
                throw new IllegalArgumentException(
                        key + " " + weight + " must be from 0 to 10000 (" + usual + " is the paper's)");
            }
        }

        VarianceCovariance.Weights weights() {
            return new VarianceCovariance.Weights(simCoeff, stdCoeff, covCoeff);
        }
    }

    public VicRegRecipe {
        if (shared.training().batchSize() < 8) {
            throw new IllegalArgumentException("batch-size " + shared.training().batchSize()
                    + " must be at least 8: covariances of fewer images say nothing (2048 is the paper's)");
        }
    }

    static VicRegRecipe bind(Recipe recipe) {
        return new VicRegRecipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "vicreg";
    }

    @Override
    public VicRegRecipe withShared(SiameseOptions other) {
        return new VicRegRecipe(own, other);
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
        GatheredRows rows = new GatheredRows(communicator);
        return (z, k) -> {
            long batch = z.first().size(0) * communicator.size();
            return VarianceCovariance.parts(z.first(), z.second(), batch, own.weights(), rows)
                    .figures();
        };
    }

    /** What embeddings cost that are all alike: their views are, and no dimension varies. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.Views(
                own.stdCoeff * (1 - Math.sqrt(VarianceCovariance.EPSILON)),
                0,
                shared.rate().warmupEpochs() * stepsPerEpoch,
                stepsPerEpoch,
                Diagnosis.Guard.STATISTICS);
    }
}
