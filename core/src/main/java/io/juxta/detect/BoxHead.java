package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a proposal holds, and where exactly: behind the backbone's last layer MoCo's additional batch norm, without a ReLU, a mean
 * over the grid, and two linear layers (He et al., 2020, appendix A.1). The last class is the background; each other one
 * has a box of its own.
 */
final class BoxHead extends Container {
    private final BatchNorm norm;
    private final LinearImpl scores;
    private final LinearImpl deltas;
    private final int classes;

    /**
     * What it says of R proposals.
     *
     * @param scores (R, K + 1), before the softmax
     * @param deltas (R, 4 K), the four of class 0 first
     */
    record Said(Tensor scores, Tensor deltas) {}

    /** The two losses, scalars: of which class, and where. */
    record Losses(Tensor classification, Tensor location) {}

    /**
     * Proposals of a picture that a step learns from.
     *
     * @param boxes those of objects first
     * @param classes of each, K for background
     * @param targets the boxes about the objects, one for each that is no background
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Sampled(Boxes boxes, int[] classes, Boxes targets) {}

    /**
     * What counts as found.
     *
     * @param score above which a box counts
     * @param threshold of IoU above which one of two of the same class goes
     * @param most boxes of a picture
     */
    record Limits(double score, double threshold, int most) {}

    /**
     * @param features of the backbone's last layer
     * @param classes K, without the background
     */
    BoxHead(int features, int classes) {
        super("BoxHead");
        this.classes = classes;
        norm = register_module("norm", new BatchNorm(features, 1));
        scores = register_module("scores", Layers.linear(features, classes + 1));
        deltas = register_module("deltas", Layers.linear(features, 4 * classes));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            scores.weight().normal_(0, 0.01, new GeneratorOptional());
            deltas.weight().normal_(0, 0.001, new GeneratorOptional());
            scores.bias().zero_();
            deltas.bias().zero_();
        }
    }

    /**
     * What is told of each proposal.
     *
     * @param x what the backbone's last layer makes of the proposals, (R, features, s, s)
     * @return (R, features)
     */
    Tensor pooled(Tensor x) {
        return norm.forward(x).mean(2, 3);
    }

    /** @param pooled of each proposal, (R, features) */
    Said forward(Tensor pooled) {
        return new Said(scores.forward(pooled), deltas.forward(pooled));
    }

    /** Chooses what to learn from: the truths are among the proposals, so that there is something to find. */
    Sampled sample(
            Boxes proposals, Boxes truths, int[] truthClasses, BalancedSampler sampler, Chance chance, int image) {
        Boxes all = Boxes.join(List.of(proposals, truths));
        Matcher.Matches matches = Matcher.OF_PROPOSALS.match(truths, all);
        BalancedSampler.Sample drawn = sampler.draw(
                matches.label(),
                of -> chance.permutation(image, Chance.Pick.PROPOSALS_OF_OBJECTS, of),
                of -> chance.permutation(image, Chance.Pick.PROPOSALS_OF_BACKGROUND, of));
        int[] sampledClasses = new int[drawn.size()];
        Arrays.fill(sampledClasses, classes);
        int[] nearest = new int[drawn.objects().length];
        for (int k = 0; k < nearest.length; k++) {
            nearest[k] = matches.truth()[drawn.objects()[k]];
            sampledClasses[k] = truthClasses[nearest[k]];
        }
        return new Sampled(all.select(drawn.all()), sampledClasses, truths.select(nearest));
    }

    /**
     * What it costs to be wrong: cross-entropy over all proposals, L1 over those of objects, both summed and divided by the
     * number of proposals.
     *
     * @param sampled of each picture, R in all
     * @param count what to divide by: R, or with several processes the mean of theirs
     */
    Losses losses(Said said, List<Sampled> sampled, double count) {
        int R = sampled.stream().mapToInt(of -> of.classes().length).sum();
        int[] labels = new int[R];
        int[] rows = new int[R];
        double[] targets = new double[4 * R];
        int row = 0;
        int objects = 0;
        for (Sampled picture : sampled) {
            for (int k = 0; k < picture.classes().length; k++, row++) {
                labels[row] = picture.classes()[k];
                if (labels[row] < classes) {
                    rows[objects] = row * classes + labels[row];
                    BoxCoder.OF_DETECTIONS.encode(picture.boxes(), k, picture.targets(), k, targets, 4 * objects);
                    objects++;
                }
            }
        }
        Scalar normalizer = new Scalar(count);
        Tensor likelihood = torch.log_softmax(said.scores, 1);
        Tensor classification = likelihood
                .gather(1, Numbers.whole(labels, likelihood).unsqueeze(1))
                .sum()
                .neg();
        Tensor ways =
                said.deltas.reshape(-1, 4).index_select(0, Numbers.whole(Arrays.copyOf(rows, objects), likelihood));
        Tensor location = ways.sub(Numbers.like(ways, Arrays.copyOf(targets, 4 * objects), objects, 4))
                .abs()
                .sum();
        return new Losses(classification.div(normalizer), location.div(normalizer));
    }

    /**
     * What it found in a picture.
     *
     * @param proposals R of one picture
     * @param size of the picture
     */
    Detections detect(Said said, Boxes proposals, PictureSize size, Limits limits) {
        double[] likelihood = Numbers.of(torch.softmax(said.scores, 1));
        Boxes decoded = BoxCoder.OF_DETECTIONS.decode(Numbers.of(said.deltas), proposals);
        return detect(likelihood, decoded, classes, size, limits);
    }

    /**
     * @param likelihood (R, K + 1)
     * @param boxes K of each proposal
     */
    static Detections detect(double[] likelihood, Boxes boxes, int K, PictureSize size, Limits limits) {
        Boxes clipped = boxes.clip(size.width(), size.height());
        List<Integer> found = new ArrayList<>();
        for (int k = 0; k < K; k++) {
            List<Integer> ofClass = new ArrayList<>();
            for (int box = k; box < boxes.size(); box += K) {
                boolean isNumber = Double.isFinite(boxes.x1(box) + boxes.y1(box) + boxes.x2(box) + boxes.y2(box));
                if (isNumber && score(likelihood, box, K) > limits.score) {
                    ofClass.add(box);
                }
            }
            int[] places = ofClass.stream().mapToInt(Integer::intValue).toArray();
            double[] scores = scores(likelihood, places, K);
            for (int kept : NonMaxSuppression.keep(clipped.select(places), scores, limits.threshold, limits.most)) {
                found.add(places[kept]);
            }
        }
        // of equal scores that of the first proposal comes first
        int[] places = found.stream().sorted().mapToInt(Integer::intValue).toArray();
        int[] order = NonMaxSuppression.byScore(scores(likelihood, places, K));
        int[] best = Arrays.stream(order).limit(limits.most).map(i -> places[i]).toArray();
        int[] classes = Arrays.stream(best).map(box -> box % K).toArray();
        return new Detections(clipped.select(best), classes, scores(likelihood, best, K));
    }

    private static double score(double[] likelihood, int box, int K) {
        return likelihood[box / K * (K + 1) + box % K];
    }

    private static double[] scores(double[] likelihood, int[] boxes, int K) {
        return Arrays.stream(boxes)
                .mapToDouble(box -> score(likelihood, box, K))
                .toArray();
    }
}
