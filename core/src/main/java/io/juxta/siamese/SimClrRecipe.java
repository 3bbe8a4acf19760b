package io.juxta.siamese;

import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import org.apiguardian.api.API;

/** SimCLR (Chen et al., 2020): the other images of the batch are the negatives, so batches are large. */
@API(status = API.Status.INTERNAL)
public record SimClrRecipe(Options own, SiameseOptions shared) implements SiameseRecipe {
    /** A norm behind every layer, the last without a shift. */
    private static final Perceptron.Form FORM = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.SCALED);

    /** What SimCLR is. */
    public record Options(
            @Means(
                    value =
                            "widths of the projector's layers: 2048, 2048, 128 in the authors' program, two layers in the paper",
                    source = "Chen et al. 2020, section 4.2")
            @Range(least = 2, most = 65536)
            @Default("[2048, 2048, 128]")
            List<Integer> projector,

            @Means(
                    value = "temperature of the logits: 0.1 on ImageNet, 0.5 on CIFAR-10",
                    source = "Chen et al. 2020, section 5.1")
            @Range(most = 100, above = 0)
            @Key("T")
            @Default("0.1")
            double T) {
        public Options {
            projector = BackboneOptions.requireWidths("projector", projector);
            if (!(T > 0 && T <= 100)) {
                throw new IllegalArgumentException("T " + T + " must be above 0 and at most 100 (0.1 is the paper's)");
            }
        }
    }

    static SimClrRecipe bind(Recipe recipe) {
        return new SimClrRecipe(recipe.bind(Options.class), SiameseOptions.bind(recipe));
    }

    @Override
    public String method() {
        return "simclr";
    }

    @Override
    public SimClrRecipe withShared(SiameseOptions other) {
        return new SimClrRecipe(own, other);
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
    public Siamese.Passes passes() {
        return Siamese.Passes.TOGETHER;
    }

    @Override
    public Objective objective(Communicator communicator) {
        GatheredRows rows = new GatheredRows(communicator);
        return (q, k) -> NtXent.figures(q.first(), q.second(), own.T, rows);
    }

    /** ln(2N - 1), and what an encoder pays whose views are alike and whose images are at right angles. */
    @Override
    public Diagnosis.Task task(long stepsPerEpoch) {
        double negatives = 2.0 * training().batchSize() - 2;
        return new Diagnosis.Views(
                Math.log1p(negatives),
                Math.log1p(negatives * Math.exp(-1 / own.T)),
                shared.rate().warmupEpochs() * stepsPerEpoch,
                stepsPerEpoch,
                Diagnosis.Guard.NEGATIVES);
    }
}
