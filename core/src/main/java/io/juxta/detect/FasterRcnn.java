package io.juxta.detect;

import io.juxta.backbone.ResNet;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Collective;
import io.juxta.torch.Container;
import io.juxta.train.MixedPrecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Faster R-CNN C4 (Ren et al., 2015): a residual network's first three layers see the picture once, at a sixteenth of its size; a
 * small network proposes boxes of objects; what the features show within them goes through the last layer and is told the
 * class and the exact box. Its tensors are called {@code backbone.*} (torchvision's names), {@code rpn.*} and {@code
 * head.*}.
 */
@API(status = API.Status.INTERNAL)
public final class FasterRcnn extends Container {
    /** Side of the grid of features that a proposal has. */
    public static final int GRID = 14;

    private final DetectorOptions options;
    private final int classes;
    private final ResNet backbone;
    private final RegionProposals rpn;
    private final BoxHead head;
    private final RoiAlign align;
    private MixedPrecision precision = MixedPrecision.none();

    /**
     * The four losses, scalars, in the order of the original.
     *
     * @param classification of which class a proposal is
     * @param box where its object is
     * @param objectness whether an anchor stands for an object
     * @param proposal where that object is
     */
    public record Losses(Tensor classification, Tensor box, Tensor objectness, Tensor proposal) {
        /** What is minimised: their sum. */
        public Tensor total() {
            return classification.add(box).add(objectness).add(proposal);
        }

        /** By name, {@code loss} first. */
        Map<String, Tensor> figures() {
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", total().detach());
            figures.put("loss_class", classification.detach());
            figures.put("loss_box", box.detach());
            figures.put("loss_objectness", objectness.detach());
            figures.put("loss_proposal", proposal.detach());
            return figures;
        }
    }

    /** @param classes K, the number of classes without the background, at least 1 */
    public FasterRcnn(DetectorOptions options, int classes) {
        super("FasterRcnn");
        if (classes < 1) {
            throw new IllegalArgumentException(
                    "a detector of " + classes + " classes finds nothing: name one at least");
        }
        this.options = options;
        this.classes = classes;
        backbone = register_module("backbone", new ResNet(options.network()));
        rpn = register_module("rpn", new RegionProposals(backbone.channels(3), options.anchors(), options.ofAnchors()));
        head = register_module("head", new BoxHead(backbone.channels(4), classes));
        align = new RoiAlign(GRID, 1.0 / options.anchors().stride());
    }

    public DetectorOptions options() {
        return options;
    }

    /** K, without the background. */
    public int classes() {
        return classes;
    }

    /** The residual network, all four layers of it, under torchvision's names. */
    public ResNet backbone() {
        return backbone;
    }

    /** From now on networks compute so; boxes, logits and losses stay in float32. */
    public void compute(MixedPrecision how) {
        precision = how;
    }

    /** From now on batch statistics are those of all processes' batches together. */
    public void synchronize(Collective processes) {
        BatchNorm.in(this).forEach(norm -> norm.synchronize(processes));
    }

    /** What a step of one process costs. */
    public Losses losses(Tensor images, List<PictureSize> sizes, List<LabelledBoxes> truths, Chance chance) {
        return losses(images, sizes, truths, chance, DoubleUnaryOperator.identity());
    }

    /**
     * What a step costs, in training.
     *
     * @param images (N, 3, H, W), normalised, padded with zeros on the right and below
     * @param sizes of each without padding
     * @param truths what there is in each
     * @param mean the mean over all processes of a number that each has: of how many proposals there are to learn from
     */
    public Losses losses(
            Tensor images,
            List<PictureSize> sizes,
            List<LabelledBoxes> truths,
            Chance chance,
            DoubleUnaryOperator mean) {
        Tensor features = features(images);
        RegionProposals.Said said = rpn.forward(features, precision);
        RegionProposals.Losses ofRpn =
                rpn.losses(said, truths.stream().map(LabelledBoxes::boxes).toList(), chance);
        List<RegionProposals.Proposals> proposals = rpn.propose(said, sizes, options.inTraining());
        List<BoxHead.Sampled> sampled = new ArrayList<>();
        for (int n = 0; n < truths.size(); n++) {
            LabelledBoxes truth = truths.get(n);
            sampled.add(head.sample(
                    proposals.get(n).boxes(), truth.boxes(), truth.classes(), options.ofProposals(), chance, n));
        }
        BoxHead.Said found =
                see(features, sampled.stream().map(BoxHead.Sampled::boxes).toList());
        double count = mean.applyAsDouble(found.scores().size(0));
        BoxHead.Losses ofHead = head.losses(found, sampled, count);
        return new Losses(ofHead.classification(), ofHead.location(), ofRpn.objectness(), ofRpn.location());
    }

    private Tensor features(Tensor images) {
        return precision.compute(() -> backbone.upTo(3, images)); // N x C x H/16 x W/16
    }

    private BoxHead.Said see(Tensor features, List<Boxes> boxes) {
        Tensor pooled = align.forward(features, boxes);
        return head.forward(precision.compute(() -> head.pooled(backbone.layer(4, pooled))));
    }

    /**
     * Finds objects in pictures of one size, without gradient; put the network into evaluation before. What it finds in one does
     * not depend on the others.
     *
     * @param images (N, 3, H, W), normalised, without padding
     * @param originals the sizes that boxes are wanted for
     */
    public List<Detections> detect(Tensor images, List<PictureSize> originals) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            PictureSize size = new PictureSize(Math.toIntExact(images.size(3)), Math.toIntExact(images.size(2)));
            Tensor features = features(images);
            RegionProposals.Said said = rpn.forward(features, precision);
            List<RegionProposals.Proposals> proposals =
                    rpn.propose(said, Collections.nCopies(originals.size(), size), options.inDetection());
            List<Detections> found = new ArrayList<>();
            for (int n = 0; n < originals.size(); n++) {
                found.add(detect(features.narrow(0, n, 1), proposals.get(n).boxes(), size)
                        .rescaled(size, originals.get(n)));
            }
            return found;
        }
    }

    /** One picture after another: each has hundreds of proposals, which are a batch already. */
    private Detections detect(Tensor features, Boxes proposals, PictureSize size) {
        if (proposals.isEmpty()) {
            return Detections.NONE;
        }
        try (PointerScope scope = new PointerScope()) {
            return head.detect(see(features, List.of(proposals)), proposals, size, options.found());
        }
    }

    RegionProposals rpn() {
        return rpn;
    }

    BoxHead head() {
        return head;
    }

    RoiAlign align() {
        return align;
    }
}
