package io.juxta.cut;

import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.torch.StateDict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A step of CUT as the paper says it, image by image and patch by patch: every pass of its own, every cosine by itself,
 * Adam by its formulas.
 */
final class SlowCut {
    private static final double BETA1 = 0.5;
    private static final double BETA2 = 0.999;

    private final CutOptions options;
    private final Generator G;
    private final Discriminator D;
    private final PatchSampler F;
    private final CutDraws chance;
    private final boolean channelsLast;
    private final Map<String, Tensor[]> moments = new LinkedHashMap<>();

    SlowCut(CutOptions options, Generator G, Discriminator D, PatchSampler F, CutDraws chance) {
        this(options, G, D, F, chance, false);
    }

    /** @param channelsLast whether patches are taken from activations as the original permutes them, channels last */
    SlowCut(CutOptions options, Generator G, Discriminator D, PatchSampler F, CutDraws chance, boolean channelsLast) {
        this.options = options;
        this.G = G;
        this.D = D;
        this.F = F;
        this.chance = chance;
        this.channelsLast = channelsLast;
    }

    /** The figures that {@link Cut#step} tells. */
    Map<String, Double> step(Tensor A, Tensor B, int iteration, double lr) {
        Map<String, Double> figures = new LinkedHashMap<>();
        boolean flipped = options.flipEquivariance() && chance.flips(iteration);
        Tensor fake = G.forward(flipped ? A.flip(3) : A);
        Tensor onFake = options.ganMode().translated(D.forward(fake.detach()));
        Tensor onReal = options.ganMode().real(D.forward(B));
        figures.put("d_fake", onFake.item_double());
        figures.put("d_real", onReal.item_double());
        D.zero_grad(true);
        onFake.add(onReal).div(new Scalar(2)).backward();
        adam(D, iteration, lr);

        Tensor loss = options.ganMode().generator(D.forward(fake)).mul(new Scalar(options.lambdaGan()));
        figures.put("g_gan", loss.item_double());
        Tensor nce = nce(A, fake, flipped, iteration, 0);
        figures.put("nce", nce.item_double() * options.lambdaNce());
        if (options.nceIdt()) {
            Tensor same = G.forward(flipped ? B.flip(3) : B);
            Tensor identity = nce(B, same, flipped, iteration, 1);
            figures.put("nce_idt", identity.item_double() * options.lambdaNce());
            nce = nce.add(identity).div(new Scalar(2));
            loss = loss.add(torch.l1_loss(same, flipped ? B.flip(3) : B).mul(new Scalar(options.lambdaIdentity())));
        }
        loss = loss.add(nce.mul(new Scalar(options.lambdaNce())));
        G.zero_grad(true);
        F.zero_grad(true);
        loss.backward();
        adam(G, iteration, lr);
        adam(F, iteration, lr);
        figures.put("loss", loss.item_double());
        return figures;
    }

    private Tensor nce(Tensor real, Tensor fake, boolean flipped, int iteration, int pass) {
        List<Tensor> q = G.taps(fake, options.nceLayers());
        List<Tensor> k = G.taps(real, options.nceLayers());
        TensorVector means = new TensorVector();
        for (int tap = 0; tap < q.size(); tap++) {
            Tensor of = flipped ? q.get(tap).flip(3) : q.get(tap);
            int width = (int) of.size(3);
            long[] places = chance.patches(iteration, pass, tap, (int) of.size(2) * width, options.numPatches());
            int images = (int) of.size(0);
            Tensor[][] queries = new Tensor[images][places.length];
            Tensor[][] keys = new Tensor[images][places.length];
            for (int n = 0; n < images; n++) {
                for (int p = 0; p < places.length; p++) {
                    queries[n][p] = embedding(of, tap, n, places[p], width);
                    keys[n][p] = embedding(k.get(tap), tap, n, places[p], width).detach();
                }
            }
            TensorVector losses = new TensorVector();
            for (int n = 0; n < images; n++) {
                for (int p = 0; p < places.length; p++) {
                    losses.push_back(loss(queries[n][p], keys, n, p));
                }
            }
            means.push_back(torch.stack(losses).mean());
        }
        return torch.stack(means).mean();
    }

    private Tensor embedding(Tensor tap, int number, int image, long place, int width) {
        Tensor patch = channelsLast
                ? tap.permute(0, 2, 3, 1).flatten(1, 2).select(0, image).select(0, place)
                : tap.select(0, image).select(1, place / width).select(1, place % width);
        Map<String, Tensor> weights = StateDict.parameters(F);
        String mlp = "mlp_" + number + ".";
        Tensor hidden = torch.relu(weights.get(mlp + "0.weight").mv(patch).add(weights.get(mlp + "0.bias")));
        Tensor out = weights.get(mlp + "2.weight").mv(hidden).add(weights.get(mlp + "2.bias"));
        return out.div(out.norm().add(new Scalar(1e-7)));
    }

    private Tensor loss(Tensor query, Tensor[][] keys, int image, int place) {
        TensorVector logits = new TensorVector(query.dot(keys[image][place]));
        for (int n = 0; n < keys.length; n++) {
            for (int p = 0; p < keys[n].length; p++) {
                boolean asked = n == image || options.nceNegatives() == CutOptions.Negatives.BATCH;
                if (asked && !(n == image && p == place)) {
                    logits.push_back(query.dot(keys[n][p]));
                }
            }
        }
        // the -10 in the place of the patch itself
        logits.push_back(torch.full_like(logits.get(0), new Scalar(-10)));
        return torch.log_softmax(torch.stack(logits).div(new Scalar(options.nceT())), 0)
                .get(0)
                .neg();
    }

    private void adam(Module network, int iteration, double lr) {
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(network).forEach((name, parameter) -> {
                Tensor g = parameter.grad();
                Tensor[] m = moments.computeIfAbsent(network.name().getString() + name, key ->
                        new Tensor[] {torch.zeros_like(parameter), torch.zeros_like(parameter)});
                m[0] = m[0].mul(new Scalar(BETA1)).add(g.mul(new Scalar(1 - BETA1)));
                m[1] = m[1].mul(new Scalar(BETA2)).add(g.mul(g).mul(new Scalar(1 - BETA2)));
                Tensor mean = m[0].div(new Scalar(1 - Math.pow(BETA1, iteration + 1)));
                Tensor square = m[1].div(new Scalar(1 - Math.pow(BETA2, iteration + 1)));
                parameter.sub_(mean.div(square.sqrt().add(new Scalar(1e-8))).mul(new Scalar(lr)));
            });
        }
    }
}
