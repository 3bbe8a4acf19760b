package io.juxta.siamese;

import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apiguardian.api.API;

/** SimSiam (Chen and He 2021): a predictor on one side, no gradient on the other, and nothing else. */
@API(status = API.Status.INTERNAL)
public record SimSiamRecipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    /** The authors' last layer has a bias too, which is frozen, and idle in front of a norm. */
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.PLAIN);

    private static final Perceptron.Form PREDICTOR =
            new Perceptron.Form(Perceptron.Bias.LAST, Perceptron.LastNorm.NONE);

    /** The predictor's learning rate. */
    public enum PredictorRate {
        /** The base rate, from the first step to the last. */
        CONSTANT,
        /** The encoder's. */
        SCHEDULED
    }

    /** What SimSiam is. */
    public record Options(
            @Means(
                    value = "widths of the projector's layers: 2048, 2048, 2048 in the paper",
                    source = "Chen and He 2021, section 3")
            @Range(least = 2, most = 65536)
            @Default("[2048, 2048, 2048]")
            List<Integer> projector,

            @Means(
                    value =
                            "widths of the predictor's layers, the last as wide as the projector's: 512, 2048 in the paper",
                    source = "Chen and He 2021, section 3")
            @Range(least = 2, most = 65536)
            @Default("[512, 2048]")
            List<Integer> predictor,

            @Means(
                    value = "constant holds the predictor's rate at lr, which helps; scheduled is the encoder's rate",
                    source = "Chen and He 2021, section 4.2")
            @Default("constant")
            PredictorRate predictorLr) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            predictor = BackboneOptions.requirePredictor(predictor, projector);
        }
    }

    static SimSiamRecipe bind(Recipe recipe) {
        return new SimSiamRecipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "simsiam";
    }

    @Override
    public SimSiamRecipe withShared(SiameseOptions other) {
        return new SimSiamRecipe(own, other);
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
    public Optional<Perceptron> predictor() {
        int dim = own.projector.get(own.projector.size() - 1);
        return Optional.of(new Perceptron(dim, own.predictor, PREDICTOR));
    }

    @Override
    public OptionalDouble predictorLr() {
        return own.predictorLr == PredictorRate.CONSTANT
                ? OptionalDouble.of(shared.rate().lr())
                : OptionalDouble.empty();
    }

    @Override
    public Objective objective(Communicator communicator) {
        return (p, z) ->
                NegativeCosine.figures(NegativeCosine.simSiam(p.first(), p.second(), z.first(), z.second()), p, z);
    }

    /** 0, which views cost that have nothing in common; -1 is what views cost that are alike, of a collapsed encoder too. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.Views(
                0, -1, shared.rate().warmupEpochs() * stepsPerEpoch, stepsPerEpoch, Diagnosis.Guard.PREDICTOR);
    }
}
