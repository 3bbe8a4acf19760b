package io.juxta.detect;

import io.juxta.backbone.ResNet;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Collective;
import io.juxta.torch.Container;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Faster R-CNN C4 (Ren et al. 2015): a residual network's first three layers see the picture once, at a sixteenth of its size; a
 * small network proposes boxes of objects; what the features show within them goes through the last layer and is told the
 * class and the exact box. Its tensors are called {@code backbone.*} (torchvision's names), {@code rpn.*} and {@code
 * head.*}.
 */
@API(status = API.Status.INTERNAL)
public final class FasterRcnn extends Container {
    private static final int GRID = 14;

    private final DetectorOptions options;
    private final int classes;
    private final ResNet backbone;
    private final RegionProposals rpn;
    private final BoxHead head;
    private final RoiAlign align;

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
        Tensor features = backbone.upTo(3, images); // N x C x H/16 x W/16
        RegionProposals.Said said = rpn.forward(features);
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

    private BoxHead.Said see(Tensor features, List<Boxes> boxes) {
        return head.forward(backbone.layer(4, align.forward(features, boxes)));
    }

    /**
     * Finds objects in one picture, without gradient; put the network into evaluation before.
     *
     * @param image (1, 3, H, W), normalised, without padding
     * @param original the size that boxes are wanted for
     */
    public Detections detect(Tensor image, PictureSize original) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            PictureSize size = new PictureSize(Math.toIntExact(image.size(3)), Math.toIntExact(image.size(2)));
            Tensor features = backbone.upTo(3, image);
            RegionProposals.Said said = rpn.forward(features);
            Boxes proposals = rpn.propose(said, List.of(size), options.inDetection())
                    .get(0)
                    .boxes();
            if (proposals.isEmpty()) {
                return new Detections(Boxes.NONE, new int[0], new double[0]);
            }
            return head.detect(see(features, List.of(proposals)), proposals, size, options.found())
                    .rescaled(size, original);
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
