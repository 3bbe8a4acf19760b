package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The network that says where there may be an object, of whatever class (Ren et al., 2015, section 3.1): "RPN". */
final class RegionProposals extends Container {
    private static final long SUM = 2;

    private final Conv2dImpl conv;
    private final Conv2dImpl logits;
    private final Conv2dImpl deltas;
    private final Anchors anchors;
    private final BalancedSampler sampler;

    /**
     * What the network says of each anchor, in the order of {@link Anchors#grid}.
     *
     * @param logits (N, P) that there is an object, P anchors a picture
     * @param deltas (N, P, 4) of the way to it
     * @param anchors the P of each picture
     */
    record Said(Tensor logits, Tensor deltas, Boxes anchors) {}

    /**
     * How many proposals are made.
     *
     * @param before the best of them that suppression sees
     * @param after the best of what it leaves
     * @param threshold of IoU above which one of two goes
     */
    record Limits(int before, int after, double threshold) {}

    /** The two losses, scalars: whether there is an object, and where. */
    record Losses(Tensor objectness, Tensor location) {}

    /**
     * Boxes where there may be an object, the likeliest first.
     *
     * @param logits how likely
     */
    record Proposals(Boxes boxes, double[] logits) {}

    /** @param channels of the features */
    RegionProposals(int channels, Anchors anchors, BalancedSampler sampler) {
        super("RegionProposals");
        this.anchors = anchors;
        this.sampler = sampler;
        conv = register_module("conv", Layers.conv2d(channels, channels, 3, 1, 1, true));
        logits = register_module("logits", Layers.conv2d(channels, anchors.perPlace(), 1, 1, 0, true));
        deltas = register_module("deltas", Layers.conv2d(channels, 4 * anchors.perPlace(), 1, 1, 0, true));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(this).forEach((name, tensor) -> {
                if (name.endsWith("weight")) {
                    tensor.normal_(0, 0.01, new GeneratorOptional());
                } else {
                    tensor.zero_();
                }
            });
        }
    }

    /** @param features (N, C, H, W) */
    Said forward(Tensor features, MixedPrecision precision) {
        long N = features.size(0);
        Tensor hidden = precision.compute(() -> torch.relu_(conv.forward(features)));
        Tensor object = logits.forward(hidden).permute(0, 2, 3, 1).reshape(N, -1);
        Tensor ways = deltas.forward(hidden).permute(0, 2, 3, 1).reshape(N, -1, 4);
        return new Said(
                object, ways, anchors.grid(Math.toIntExact(features.size(2)), Math.toIntExact(features.size(3))));
    }

    /**
     * What it costs to be wrong about the anchors that are drawn: binary cross-entropy over them, L1 over those of objects,
     * both summed and divided by as many as would be drawn if there were enough.
     *
     * @param truths boxes about the objects of each picture
     */
    Losses losses(Said said, List<Boxes> truths, Chance chance) {
        int P = said.anchors.size();
        int[] drawn = {};
        int[] objects = {};
        double[] targets = {};
        double[] labels = {};
        for (int n = 0; n < truths.size(); n++) {
            int image = n;
            Matcher.Matches matches = Matcher.OF_ANCHORS.match(truths.get(n), said.anchors);
            BalancedSampler.Sample sample = sampler.draw(
                    matches.label(),
                    of -> chance.permutation(image, Chance.Pick.ANCHORS_OF_OBJECTS, of),
                    of -> chance.permutation(image, Chance.Pick.ANCHORS_OF_BACKGROUND, of));
            drawn = join(drawn, sample.all(), n * P);
            objects = join(objects, sample.objects(), n * P);
            int first = labels.length;
            labels = Arrays.copyOf(labels, first + sample.size());
            Arrays.fill(labels, first, first + sample.objects().length, 1);
            int at = targets.length;
            targets = Arrays.copyOf(targets, at + 4 * sample.objects().length);
            for (int anchor : sample.objects()) {
                BoxCoder.OF_PROPOSALS.encode(said.anchors, anchor, truths.get(n), matches.truth()[anchor], targets, at);
                at += 4;
            }
        }
        Scalar normalizer = new Scalar((double) sampler.count() * truths.size());
        Tensor picked = said.logits.reshape(-1).index_select(0, Numbers.whole(drawn, said.logits));
        Tensor objectness = torch.binary_cross_entropy_with_logits(
                picked, Numbers.like(picked, labels, labels.length), new TensorOptional(), new TensorOptional(), SUM);
        Tensor ways = said.deltas.reshape(-1, 4).index_select(0, Numbers.whole(objects, said.deltas));
        Tensor location =
                ways.sub(Numbers.like(ways, targets, objects.length, 4)).abs().sum();
        return new Losses(objectness.div(normalizer), location.div(normalizer));
    }

    private static int[] join(int[] some, int[] more, int offset) {
        int[] joined = Arrays.copyOf(some, some.length + more.length);
        for (int k = 0; k < more.length; k++) {
            joined[some.length + k] = more[k] + offset;
        }
        return joined;
    }

    /**
     * The likeliest boxes of each picture, without gradient: clipped to it, without what has no size, without those that
     * overlap a likelier one.
     *
     * @param sizes of the pictures, without padding
     * @throws ArithmeticException while training, when the network gives what is no number; otherwise such a box is left
     *     out
     */
    List<Proposals> propose(Said said, List<PictureSize> sizes, Limits limits) {
        List<Proposals> proposals = new ArrayList<>();
        for (int n = 0; n < sizes.size(); n++) {
            proposals.add(propose(said, n, sizes.get(n), limits));
        }
        return proposals;
    }

    private Proposals propose(Said said, int n, PictureSize size, Limits limits) {
        double[] best;
        double[] ways;
        int[] places;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor all = said.logits.select(0, n).detach();
            // stable, so that of equals the first is taken on every device
            Tensor order = torch.sort(all, new BoolOptional(true), 0, true).get1();
            Tensor first = order.narrow(0, 0, Math.min(limits.before, all.size(0)));
            best = Numbers.of(all.index_select(0, first));
            ways = Numbers.of(said.deltas.select(0, n).detach().index_select(0, first));
            places = Arrays.stream(Numbers.of(first))
                    .mapToInt(place -> (int) place)
                    .toArray();
        }
        Boxes boxes = BoxCoder.OF_PROPOSALS.decode(ways, said.anchors.select(places));
        return best(boxes, best, size, limits, is_training());
    }

    /** @param strict whether what is no number is an error */
    static Proposals best(Boxes boxes, double[] logits, PictureSize size, Limits limits, boolean strict) {
        int[] order = NonMaxSuppression.byScore(logits);
        int[] likeliest = Arrays.copyOf(order, Math.min(order.length, limits.before));
        if (strict && !Arrays.stream(likeliest).allMatch(i -> isNumber(boxes, logits, i))) {
            throw new ArithmeticException("proposals are no numbers: the rate is too high");
        }
        Boxes clipped = boxes.clip(size.width(), size.height());
        int[] left = Arrays.stream(likeliest)
                .filter(i -> isNumber(boxes, logits, i) && clipped.exceeds(i, 0))
                .toArray();
        Boxes some = clipped.select(left);
        double[] scores = at(logits, left);
        int[] kept = NonMaxSuppression.keep(some, scores, limits.threshold, limits.after);
        return new Proposals(some.select(kept), at(scores, kept));
    }

    private static boolean isNumber(Boxes boxes, double[] logits, int i) {
        return Double.isFinite(boxes.x1(i) + boxes.y1(i) + boxes.x2(i) + boxes.y2(i) + logits[i]);
    }

    private static double[] at(double[] values, int[] places) {
        return Arrays.stream(places).mapToDouble(place -> values[place]).toArray();
    }
}
