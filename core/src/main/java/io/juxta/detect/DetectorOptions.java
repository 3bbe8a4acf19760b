package io.juxta.detect;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/** What a detector is: Faster R-CNN C4 (Ren et al., 2015) on a residual network. */
@API(status = API.Status.INTERNAL)
public record DetectorOptions(
        @Means("the backbone, by torchvision's name: resnet18 to resnet152, resnext50_32x4d and so on, wide_resnet50_2")
        @Default("resnet50")
        String arch,

        @Means("channels of the stem, a multiple of 8; 64 is the paper's, less is for small machines")
        @Range(least = 8, most = 1024)
        @Default("64")
        int width,

        @Means(value = "the smallest anchors' side; each of five sizes is twice the one before", unit = "pixels")
        @Range(least = 1, most = 512)
        @Default("32")
        int smallestAnchor,

        @Means(
                value = "anchors of a picture that a step learns from, half of them of objects at most",
                source = "Ren et al. 2015, section 3.1.3")
        @Range(least = 2, most = 65536)
        @Default("256")
        int anchorsSampled,

        @Means(
                value = "proposals of a picture that a step learns from, a quarter of them of objects at most",
                source = "Girshick 2015, section 2.3")
        @Range(least = 4, most = 65536)
        @Default("512")
        int proposalsSampled,

        @Means("the best of a picture's anchors that suppression sees in training")
        @Range(least = 1, most = 1000000)
        @Default("12000")
        int candidates,

        @Means("the best of what suppression leaves of them in training")
        @Range(least = 1, most = 1000000)
        @Default("2000")
        int proposals,

        @Means("the best of a picture's anchors that suppression sees when detecting")
        @Range(least = 1, most = 1000000)
        @Default("6000")
        int testCandidates,

        @Means("the best of what suppression leaves of them when detecting")
        @Range(least = 1, most = 1000000)
        @Default("1000")
        int testProposals,

        @Means("boxes that are surer than this count as found") @Range(least = 0, below = 1) @Default("0.05")
        double leastScore,

        @Means("boxes found in a picture at most, the surest") @Range(least = 1, most = 100000) @Default("100")
        int detections) {
    /** IoU above which the less likely of two proposals goes. */
    public static final double PROPOSAL_OVERLAP = 0.7;

    /** IoU above which the less sure of two detections of a class goes. */
    public static final double DETECTION_OVERLAP = 0.5;

    public DetectorOptions {
        require("smallest-anchor", smallestAnchor, 1, 512);
        require("anchors-sampled", anchorsSampled, 2, 65536);
        require("proposals-sampled", proposalsSampled, 4, 65536);
        require("candidates", candidates, 1, 1000000);
        require("proposals", proposals, 1, 1000000);
        require("test-candidates", testCandidates, 1, 1000000);
        require("test-proposals", testProposals, 1, 1000000);
        require("detections", detections, 1, 100000);
        if (!(leastScore >= 0 && leastScore < 1)) {
            throw new IllegalArgumentException("least-score " + leastScore + " must be at least 0 and below 1");
        }
        network(arch, width);
    }

    private static void require(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " " + value + " must be from " + least + " to " + most);
        }
    }

    /** The original's, on a ResNet-50. */
    public static DetectorOptions c4(String arch, int width) {
        return new DetectorOptions(arch, width, 32, 256, 512, 12000, 2000, 6000, 1000, 0.05, 100);
    }

    /** With fewer proposals to learn from. */
    public DetectorOptions withProposalsSampled(int number) {
        return new DetectorOptions(
                arch,
                width,
                smallestAnchor,
                anchorsSampled,
                number,
                candidates,
                proposals,
                testCandidates,
                testProposals,
                leastScore,
                detections);
    }

    /** The backbone: with the stem for photos, as the features' stride is 16. */
    public ResNet.Options network() {
        return network(arch, width);
    }

    private static ResNet.Options network(String arch, int width) {
        return new ResNet.Options(Architecture.named(arch), Architecture.Stem.IMAGENET, width, 1);
    }

    /** The anchors of the map's first place, x1, y1, x2, y2 of each. */
    public double[] anchorsOfAPlace() {
        return anchors().grid(1, 1).toArray();
    }

    /** Pixels from one place of the map to the next. */
    public int stride() {
        return anchors().stride();
    }

    Anchors anchors() {
        double first = smallestAnchor;
        return new Anchors(
                java.util.List.of(first, 2 * first, 4 * first, 8 * first, 16 * first),
                Anchors.C4.ratios(),
                Anchors.C4.stride());
    }

    BalancedSampler ofAnchors() {
        return new BalancedSampler(anchorsSampled, 0.5);
    }

    BalancedSampler ofProposals() {
        return new BalancedSampler(proposalsSampled, 0.25);
    }

    RegionProposals.Limits inTraining() {
        return new RegionProposals.Limits(candidates, proposals, PROPOSAL_OVERLAP);
    }

    RegionProposals.Limits inDetection() {
        return new RegionProposals.Limits(testCandidates, testProposals, PROPOSAL_OVERLAP);
    }

    BoxHead.Limits found() {
        return new BoxHead.Limits(leastScore, DETECTION_OVERLAP, detections);
    }
}
