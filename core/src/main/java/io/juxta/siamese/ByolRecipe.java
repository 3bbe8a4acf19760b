package io.juxta.siamese;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.embedding.Momentum;
import io.juxta.train.embedding.Target;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** BYOL (Grill et al., 2020): predicts what a slow copy of the encoder makes of the other view. */
@API(status = API.Status.INTERNAL)
public record ByolRecipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    /** Of projector and predictor. */
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.HIDDEN, Perceptron.LastNorm.NONE);

    /** What BYOL is. */
    public record Options(
            @Means(
                    value = "widths of the projector's layers: 4096, 256 in the paper",
                    source = "Grill et al. 2020, section 3.3")
            @Range(least = 2, most = 65536)
            @Default("[4096, 256]")
            List<Integer> projector,

            @Means(
                    value =
                            "widths of the predictor's layers, the last as wide as the projector's: 4096, 256 in the paper",
                    source = "Grill et al. 2020, section 3.3")
            @Range(least = 2, most = 65536)
            @Default("[4096, 256]")
            List<Integer> predictor,

            @Means(
                    value = "momentum of the target at the beginning: 0.99 for 100 epochs, 0.996 for 1000",
                    source = "Grill et al. 2020, section 3.3")
            @Range(least = 0, most = 1)
            @Key("m")
            @Default("0.99")
            double m,

            @Means(value = "cosine lets m grow to 1 over the run", source = "Grill et al. 2020, section 3.3")
            @Default("cosine")
            Momentum.Course mSchedule) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            predictor = BackboneOptions.requirePredictor(predictor, projector);
            new Momentum(m, mSchedule);
        }
    }

    static ByolRecipe bind(Recipe recipe) {
        return new ByolRecipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "byol";
    }

    @Override
    public ByolRecipe withShared(SiameseOptions other) {
        return new ByolRecipe(own, other);
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
        return Optional.of(new Perceptron(dim, own.predictor, FORM));
    }

    @Override
    public boolean hasTarget() {
        return true;
    }

    @Override
    public Target target(EncoderNetwork network, EncoderNetwork encoder) {
        return new Target(network, encoder, new Momentum(own.m, own.mSchedule), Target.Turn.AFTER_THE_STEP);
    }

    @Override
    public Objective objective(Communicator communicator) {
        return (p, z) ->
                NegativeCosine.figures(NegativeCosine.byol(p.first(), p.second(), z.first(), z.second()), p, z);
    }

    /** 4, which views cost that have nothing in common; 0 is what views cost that are alike, of a collapsed encoder too. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.Views(
                4, 0, shared.rate().warmupEpochs() * stepsPerEpoch, stepsPerEpoch, Diagnosis.Guard.PREDICTOR);
    }
}
