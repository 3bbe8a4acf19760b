package io.juxta.siamese;

import io.juxta.Filler;
import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GatheredRows;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.train.Lars;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.Momentum;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** The methods on {@link TinyEncoder}, filled as the goldens were; alone or as one of several processes. */
final class TinySiamese {
    static final int BATCH = 8;

    static final Updates.Options SGD =
            new Updates.Options(new UpdateOptions(UpdateOptions.Rule.SGD, 0.9, 1e-4, 0.001, 1, Lars.Rate.AT_THE_STEP));

    private static final Momentum MOMENTUM = new Momentum(0.9, Momentum.Course.CONSTANT);
    private static final Perceptron.Form SCALED = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.SCALED);
    private static final Perceptron.Form PLAIN = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.PLAIN);
    private static final Perceptron.Form BARE = new Perceptron.Form(Perceptron.Bias.NONE, Perceptron.LastNorm.NONE);
    private static final Perceptron.Form HIDDEN = new Perceptron.Form(Perceptron.Bias.HIDDEN, Perceptron.LastNorm.NONE);
    private static final Perceptron.Form ALL = new Perceptron.Form(Perceptron.Bias.ALL, Perceptron.LastNorm.NONE);

    private TinySiamese() {}

    /** @param scale of the loss: 1 is the paper's, 2 the program's */
    static Siamese simClr(ScalarType type, double scale, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(5, 4), SCALED);
        TinyEncoder.fill(encoder, 2100, type);
        GatheredRows rows = new GatheredRows(communicator);
        Objective objective = (q, k) -> scaled(NtXent.figures(q.first(), q.second(), 0.5, rows), scale);
        return of(encoder, null, null, objective, Siamese.Passes.TOGETHER, communicator);
    }

    static Siamese barlowTwins(ScalarType type, CrossCorrelation.Gradient gradient, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(7, 7, 6), BARE);
        TinyEncoder.fill(encoder, 2160, type);
        BatchNorm norm = new BatchNorm(6, 1, BatchNorm.Affine.NONE);
        StateDict.convert(norm, type);
        BarlowTwinsRecipe.Options options = new BarlowTwinsRecipe.Options(List.of(7, 7, 6), 0.0051, gradient);
        Objective objective = new BarlowTwinsRecipe.Correlating(norm, options, communicator);
        return of(encoder, null, null, objective, Siamese.Passes.APART, communicator);
    }

    static Siamese vicReg(ScalarType type, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(7, 7, 6), HIDDEN);
        TinyEncoder.fill(encoder, 2180, type);
        GatheredRows rows = new GatheredRows(communicator);
        Objective objective = (q, k) -> VarianceCovariance.parts(
                        q.first(), q.second(), BATCH, new VarianceCovariance.Weights(25, 25, 1), rows)
                .figures();
        return of(encoder, null, null, objective, Siamese.Passes.APART, communicator);
    }

    /** The golden's program has a frozen bias at the place 11, idle in front of a norm. */
    static Siamese simSiam(ScalarType type, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(5, 5, 4), PLAIN);
        int next = TinyEncoder.fill(encoder, 2140, type, 2151);
        Perceptron predictor =
                new Perceptron(4, List.of(7, 4), new Perceptron.Form(Perceptron.Bias.LAST, Perceptron.LastNorm.NONE));
        TinyEncoder.fill(predictor, next, type);
        Objective objective = (p, z) ->
                NegativeCosine.figures(NegativeCosine.simSiam(p.first(), p.second(), z.first(), z.second()), p, z);
        return of(encoder, predictor, null, objective, Siamese.Passes.APART, communicator);
    }

    /** byol-pytorch's form, whose last layers have a bias. */
    static Siamese byol(ScalarType type, Siamese.Passes passes, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(7, 4), ALL);
        int next = TinyEncoder.fill(encoder, 2120, type);
        Perceptron predictor = new Perceptron(4, List.of(7, 4), ALL);
        TinyEncoder.fill(predictor, next, type);
        TinyEncoder slow = new TinyEncoder(List.of(7, 4), ALL);
        StateDict.convert(slow, type);
        Target target = new Target(slow, encoder, MOMENTUM, Target.Turn.AFTER_THE_STEP);
        Objective objective = (p, z) ->
                NegativeCosine.figures(NegativeCosine.byol(p.first(), p.second(), z.first(), z.second()), p, z);
        return of(encoder, predictor, target, objective, passes, communicator);
    }

    static Siamese mocoV3(ScalarType type, Communicator communicator) {
        TinyEncoder encoder = new TinyEncoder(List.of(7, 4), PLAIN);
        int next = TinyEncoder.fill(encoder, 2240, type);
        Perceptron predictor = new Perceptron(4, List.of(7, 4), BARE);
        TinyEncoder.fill(predictor, next, type);
        TinyEncoder slow = new TinyEncoder(List.of(7, 4), PLAIN);
        StateDict.convert(slow, type);
        Target target = new Target(slow, encoder, MOMENTUM, Target.Turn.BEFORE_THE_KEYS);
        Objective objective = (q, k) -> SymmetricContrast.figures(q, k, 1, communicator);
        return of(encoder, predictor, target, objective, Siamese.Passes.APART, communicator);
    }

    private static Siamese of(
            TinyEncoder encoder,
            @Nullable Perceptron predictor,
            @Nullable Target target,
            Objective objective,
            Siamese.Passes passes,
            Communicator communicator) {
        return new Siamese(
                encoder,
                Optional.ofNullable(predictor),
                Optional.ofNullable(target),
                objective,
                passes,
                SGD,
                new PathDraws(0),
                communicator,
                MixedPrecision.none());
    }

    private static Map<String, Tensor> scaled(Map<String, Tensor> figures, double scale) {
        Map<String, Tensor> scaled = new LinkedHashMap<>(figures);
        scaled.put("loss", Objects.requireNonNull(figures.get("loss")).mul(new Scalar(scale)));
        return scaled;
    }

    /** A step on this process's part of the golden's batch. */
    static Map<String, Double> step(Siamese siamese, int s, ScalarType type, Communicator communicator) {
        return step(siamese, s, type, 0.05, communicator);
    }

    /** The same at another rate. */
    static Map<String, Double> step(Siamese siamese, int s, ScalarType type, double lr, Communicator communicator) {
        try (PointerScope scope = new PointerScope()) {
            int n = BATCH / communicator.size();
            int from = communicator.rank() * n;
            List<Tensor> views = List.of(
                    Filler.tensor(2200 + 10L * s, type, BATCH, 6).narrow(0, from, n),
                    Filler.tensor(2201 + 10L * s, type, BATCH, 6).narrow(0, from, n));
            return siamese.step(views, new Step(s, 100, lr));
        }
    }
}
