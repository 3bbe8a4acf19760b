package io.juxta.moco;

import io.juxta.Filler;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.NormalizeFuncOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** MoCo on {@link TinyEncoder}, filled as the goldens were; alone or as one of several processes. */
final class TinyMoco {
    /** The permutation of the golden MOCO-3. */
    static final Moco.KeyShuffle SHUFFLE = (iteration, pass, n) -> {
        int[] order = new int[n];
        for (int j = 0; j < n; j++) {
            order[j] = (int) ((3L * j + iteration) % n);
        }
        return order;
    };

    private TinyMoco() {}

    static Moco of(
            boolean mlp,
            int groups,
            double m,
            int K,
            ScalarType type,
            Moco.KeyShuffle shuffle,
            Communicator communicator) {
        return of(mlp, groups, m, K, type, shuffle, communicator, MixedPrecision.none());
    }

    static Moco of(
            boolean mlp,
            int groups,
            double m,
            int K,
            ScalarType type,
            Moco.KeyShuffle shuffle,
            Communicator communicator,
            MixedPrecision precision) {
        int mine = groups / communicator.size();
        EncoderNetwork q = new TinyEncoder(mlp, mine);
        EncoderNetwork k = new TinyEncoder(mlp, mine);
        StateDict.convert(q, type);
        StateDict.convert(k, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            int p = 0;
            for (Tensor parameter : StateDict.parameters(q).values()) {
                if (parameter.dim() == 2) {
                    int in = (int) parameter.size(1);
                    parameter.copy_(Filler.tensor(50 + p, 1 / Math.sqrt(in), type, parameter.size(0), in));
                } else if (p != 2) {
                    parameter.zero_();
                }
                p++;
            }
        }
        String recipe = "K: " + K + "\nm: " + m + "\nT: 0.07\nbn-groups: " + groups + "\n";
        MocoOptions options = Recipe.parse(recipe, "test").bind(MocoOptions.class);
        KeyQueue queue = new KeyQueue(columns(Filler.tensor(40, type, 8, K)));
        return new Moco(
                options,
                q,
                k,
                queue,
                Recipe.defaults(Sgd.Options.class),
                FineTuning.NONE,
                shuffle,
                communicator,
                precision);
    }

    /** A step on this process's part of a batch. */
    static Map<String, Double> step(Moco moco, int s, int batch, ScalarType type, Communicator communicator) {
        try (PointerScope scope = new PointerScope()) {
            int n = batch / communicator.size();
            int from = communicator.rank() * n;
            List<Tensor> views = List.of(
                    Filler.tensor(100 + s, type, batch, 6).narrow(0, from, n),
                    Filler.tensor(200 + s, type, batch, 6).narrow(0, from, n));
            return moco.step(views, new Step(s, 100, 0.03));
        }
    }

    static Tensor columns(Tensor x) {
        NormalizeFuncOptions options = new NormalizeFuncOptions();
        options.dim().put(0L);
        return torch.normalize(x, options);
    }
}
