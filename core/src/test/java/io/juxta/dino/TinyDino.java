package io.juxta.dino;

import io.juxta.Filler;
import io.juxta.backbone.Perceptron;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.TransformerBeginning;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.VisionTransformer;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.Momentum;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** DINO on a tiny vision transformer, filled as golden DINO-2 was; alone or as one of several processes. */
final class TinyDino {
    private static final List<Integer> WIDTHS = List.of(12, 12, 6);

    private TinyDino() {}

    /** Golden DINO-2's: K 7, temperatures 0.04 and 0.07, decay 0.04 to 0.4, m 0.9 to 1. */
    static DinoOptions options(boolean projectorNorm) {
        return new DinoOptions(
                WIDTHS, projectorNorm, 7, true, 1, 0.9, Momentum.Course.COSINE, 0.1, 0.07, 0.04, 2, 0.9, 0.04, 0.4);
    }

    static DinoNetwork network(DinoOptions options, ScalarType type) {
        TransformerOptions transformer = new TransformerOptions(
                16, 2, 2, 8, 4, Positions.DINO, 0, false, TransformerOptions.FeedForward.MLP, false, 1e-6, 32);
        VisionTransformer encoder = new VisionTransformer(
                transformer,
                TransformerBeginning.DINO,
                in -> ProjectionHead.of(new Perceptron(in, WIDTHS, options.form())));
        DinoNetwork network = DinoNetwork.of(encoder, options.lastLayer());
        StateDict.convert(encoder, type);
        fill(encoder, type);
        return network;
    }

    private static void fill(VisionTransformer encoder, ScalarType type) {
        int tag = 2300;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Map.Entry<String, Tensor> named : StateDict.parameters(encoder).entrySet()) {
                String name = named.getKey();
                Tensor tensor = named.getValue();
                boolean token = name.equals("cls_token") || name.equals("pos_embed");
                if (name.endsWith(".bias")) {
                    tensor.zero_();
                } else if (tensor.dim() == 1 || name.endsWith("weight_g")) {
                    tensor.fill_(new Scalar(1));
                } else {
                    double fan = (double) tensor.numel() / tensor.size(0);
                    double scale = token ? 0.2 : 1 / Math.sqrt(fan);
                    tensor.copy_(Filler.tensor(tag, scale, type, tensor.numel()).reshape(tensor.sizes()));
                }
                tag++;
            }
        }
    }

    static Dino dino(
            DinoOptions options,
            double clip,
            ScalarType type,
            PathDraws drawn,
            DinoNetwork student,
            Communicator communicator) {
        return new Dino(
                options,
                student,
                network(options, type),
                List.of(0, 1),
                new StudentUpdates.Options(StudentUpdates.Rule.ADAMW, 0.9, clip),
                Recipe.defaults(FineTuning.class),
                drawn,
                communicator,
                MixedPrecision.none());
    }

    static Dino dino(double clip, ScalarType type) {
        DinoOptions options = options(false);
        return dino(options, clip, type, new PathDraws(0), network(options, type), Communicator.single());
    }

    /** Crops of iteration i, this process's part of so many images: two of 32 px and two of 16. */
    static List<Tensor> crops(int i, int images, ScalarType type, Communicator communicator) {
        int part = images / communicator.size();
        List<Tensor> crops = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            int side = c < 2 ? 32 : 16;
            crops.add(Filler.tensor(2400 + 10L * i + c, type, images, 3, side, side)
                    .narrow(0, (long) communicator.rank() * part, part));
        }
        return crops;
    }

    static Map<String, Double> step(
            Dino dino, int i, int images, Step step, ScalarType type, Communicator communicator) {
        try (PointerScope scope = new PointerScope()) {
            return dino.step(crops(i, images, type, communicator), step);
        }
    }

    /** A step of a run, of this process's images. */
    static Step step(int epoch, int i, int steps, double lr, int images, Communicator communicator) {
        int part = images / communicator.size();
        return new Step(
                epoch,
                i,
                steps,
                lr,
                IntStream.range(0, part)
                        .map(n -> 100 + communicator.rank() * part + n)
                        .boxed()
                        .toList());
    }
}
