package io.juxta.distill;

import io.juxta.Filler;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.image.Normalization;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.NormalizeFuncOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Distillation between two tiny networks, filled as make.py fills them; alone or as one of several processes. */
final class TinyDistillation {
    static final int BATCH = 8;
    static final int DIM = 8;
    static final int K = 16;

    private TinyDistillation() {}

    /** Linear, batch norm, ReLU and a head: of one layer the teacher's, of two the student's. */
    static final class Tiny extends EncoderNetwork {
        private final LinearImpl body;
        private final BatchNorm norm;
        private final Optional<LinearImpl> hidden;
        private final LinearImpl output;
        private final int width;

        Tiny(int width, boolean mlp) {
            super("Tiny");
            this.width = width;
            body = register_module("body", Layers.linear(6, width));
            norm = register_module("norm", new BatchNorm(width, 1));
            Container head = register_module("fc", new Container("fc"));
            hidden = mlp ? Optional.of(head.register_module("0", Layers.linear(width, width))) : Optional.empty();
            output = head.register_module("2", Layers.linear(width, DIM));
        }

        @Override
        public Tensor pooled(Tensor x) {
            return torch.relu(norm.forward(body.forward(x)));
        }

        @Override
        public Tensor head(Tensor pooled) {
            return output.forward(
                    hidden.map(layer -> torch.relu(layer.forward(pooled))).orElse(pooled));
        }

        @Override
        public int features() {
            return width;
        }
    }

    private static void fill(EncoderNetwork network, int tag, ScalarType type) {
        StateDict.convert(network, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            int p = 0;
            for (Map.Entry<String, Tensor> named : StateDict.parameters(network).entrySet()) {
                Tensor parameter = named.getValue();
                if (parameter.dim() == 2) {
                    long in = parameter.size(1);
                    parameter.copy_(Filler.tensor(tag + p, 1 / Math.sqrt(in), type, parameter.size(0), in));
                } else if (named.getKey().equals("norm.weight")) {
                    parameter.fill_(new Scalar(1));
                } else {
                    parameter.zero_();
                }
                p++;
            }
        }
    }

    static EncoderNetwork teacher(ScalarType type) {
        EncoderNetwork network = new Tiny(7, false);
        fill(network, 70, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Map<String, Tensor> state = StateDict.of(network);
            Objects.requireNonNull(state.get("norm.running_mean")).copy_(Filler.tensor(80, 0.1, type, 7));
            Objects.requireNonNull(state.get("norm.running_var"))
                    .copy_(Filler.tensor(81, 0.5, type, 7).add(new Scalar(1)));
        }
        return network;
    }

    static Tensor columns(Tensor x) {
        NormalizeFuncOptions options = new NormalizeFuncOptions();
        options.dim().put(0L);
        return torch.normalize(x, options);
    }

    static Distillation of(DistillOptions options, ScalarType type, Communicator communicator) {
        Teacher teacher = Teacher.seeing(
                teacher(type), TeacherOptions.Layer.HEAD, Normalization.IMAGENET, Normalization.IMAGENET);
        return of(options, teacher, type, communicator);
    }

    static Distillation of(DistillOptions options, Teacher teacher, ScalarType type, Communicator communicator) {
        EncoderNetwork student = new Tiny(5, true);
        fill(student, 50, type);
        return new Distillation(
                student,
                teacher,
                options,
                options.loss() == DistillOptions.Loss.SEED
                        ? Optional.of(new KeyQueue(columns(Filler.tensor(40, type, DIM, K))))
                        : Optional.empty(),
                Recipe.defaults(RuleOptions.class),
                FineTuning.NONE,
                new PathDraws(0),
                communicator,
                MixedPrecision.none());
    }

    static DistillOptions seed(double tauT) {
        return new DistillOptions(DistillOptions.Loss.SEED, K, 0.2, tauT);
    }

    static DistillOptions regression() {
        return new DistillOptions(DistillOptions.Loss.REGRESSION, K, 0.2, 0.01);
    }

    /** The batch of a step. */
    static Tensor batch(int s, ScalarType type) {
        return Filler.tensor(100 + s, type, BATCH, 6);
    }

    /** A step on this process's part of the batch; the images are numbered through over the steps. */
    static Map<String, Double> step(Distillation learner, int s, ScalarType type, Communicator communicator) {
        try (PointerScope scope = new PointerScope()) {
            int n = BATCH / communicator.size();
            int from = communicator.rank() * n;
            List<Integer> images = IntStream.range(BATCH * s + from, BATCH * s + from + n)
                    .boxed()
                    .toList();
            return learner.step(List.of(batch(s, type).narrow(0, from, n)), new Step(0, s, 100, 0.03, images));
        }
    }
}
