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

/** MoCo v3 (Chen, Xie and He 2021): tells the key of a slow copy among those of the batch; no queue, a predictor. */
@API(status = API.Status.INTERNAL)
public record MocoV3Recipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.PLAIN);
    private static final Perceptron.Form PREDICTOR =
            new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.NONE);

    /** What MoCo v3 is. */
    public record Options(
            @Means(
                    value =
                            "widths of the projector's layers: 4096, 256 in the paper, with a vision transformer 4096, 4096, 256",
                    source = "Chen, Xie and He 2021, section 4")
            @Range(least = 2, most = 65536)
            @Default("[4096, 256]")
            List<Integer> projector,

            @Means(
                    value =
                            "widths of the predictor's layers, the last as wide as the projector's: 4096, 256 in the paper",
                    source = "Chen, Xie and He 2021, section 4")
            @Range(least = 2, most = 65536)
            @Default("[4096, 256]")
            List<Integer> predictor,

            @Means(
                    value = "momentum of the target at the beginning: 0.99 for 100 epochs, 0.996 for 1000",
                    source = "Chen, Xie and He 2021, program")
            @Range(least = 0, most = 1)
            @Key("m")
            @Default("0.99")
            double m,

            @Means(value = "cosine lets m grow to 1 over the run", source = "Grill et al. 2020, section 3.3")
            @Default("cosine")
            Momentum.Course mSchedule,

            @Means(
                    value = "temperature of the logits: 1 for residual networks, 0.2 for vision transformers",
                    source = "Chen, Xie and He 2021, program")
            @Range(most = 100, above = 0)
            @Key("T")
            @Default("1")
            double T) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            predictor = BackboneOptions.requirePredictor(predictor, projector);
            new Momentum(m, mSchedule);
            if (!(T > 0 && T <= 100)) {
                throw new IllegalArgumentException("T " + T + " must be above 0 and at most 100 (1 is the paper's)");
            }
        }
    }

    static MocoV3Recipe bind(Recipe recipe) {
        return new MocoV3Recipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "moco-v3";
    }

    @Override
    public MocoV3Recipe withShared(SiameseOptions other) {
        return new MocoV3Recipe(own, other);
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
        // a vision transformer's predictor ends with a norm, a residual network's does not
        return Optional.of(new Perceptron(dim, own.predictor, shared.backbone().isTransformer() ? FORM : PREDICTOR));
    }

    @Override
    public boolean hasTarget() {
        return true;
    }

    @Override
    public Target target(EncoderNetwork network, EncoderNetwork encoder) {
        return new Target(network, encoder, new Momentum(own.m, own.mSchedule), Target.Turn.BEFORE_THE_KEYS);
    }

    @Override
    public Objective objective(Communicator communicator) {
        return (q, k) -> SymmetricContrast.figures(q, k, own.T, communicator);
    }

    /** 4T ln N, and what predictions cost that are their keys, with all others at right angles. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        return new Diagnosis.Views(
                4 * own.T * Math.log(training().batchSize()),
                4 * own.T * Math.log1p((training().batchSize() - 1) * Math.exp(-1 / own.T)),
                shared.rate().warmupEpochs() * stepsPerEpoch,
                stepsPerEpoch,
                Diagnosis.Guard.NEGATIVES);
    }
}
