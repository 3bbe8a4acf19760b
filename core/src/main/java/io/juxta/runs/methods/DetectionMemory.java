package io.juxta.runs.methods;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.data.LoaderOptions;
import io.juxta.detect.DetectionRecipe;
import io.juxta.torch.Precision;
import io.juxta.train.Resident;
import java.util.Locale;
import org.apiguardian.api.API;

/** About what a detector's run takes. */
@API(status = API.Status.INTERNAL)
public final class DetectionMemory {
    private static final double GIB = 1L << 30;
    private static final long FLOAT = 4;
    /** Places of a proposal in the features, and behind the last layer's stride. */
    private static final long BEFORE = 14 * 14;

    private static final long BEHIND = 7 * 7;

    private DetectionMemory() {}

    /**
     * Bytes resident at the peak of a step on a CPU: weights, gradients and velocities, and all but the gradients once more for the
     * step that goes wrong; the backbone's activations at the largest size, the proposals', and batches in the making.
     *
     * @param loader of the run: its ring of batches
     */
    public static long bytes(DetectionRecipe recipe, LoaderOptions loader) {
        ResNet.Options network = recipe.detector().network();
        Precision precision = recipe.training().precision();
        long shortSide = recipe.pictures().shortSides().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElseThrow();
        // a photo's shape, of which the longest of a batch gives the padding
        long longSide = Math.min(recipe.pictures().longestSide(), shortSide * 3 / 2);
        long pixels = shortSide * longSide;
        long pictures = loader.batchSize();
        long proposals = recipe.detector().proposalsSampled();
        long parameters = parameters(recipe);
        long values = pictures * (network.activations(Math.round(Math.sqrt(pixels))) + proposals * ofProposal(network));
        long ring = (long) loader.depth() * pictures * 3 * pixels;
        long shortened = precision.isMixed() ? precision.bytes() * parameters : 0;
        return Resident.bytes(FLOAT * (5 * parameters + ring) + precision.bytes() * values + shortened);
    }

    /** The backbone's, and those of the two networks behind it. */
    private static long parameters(DetectionRecipe recipe) {
        ResNet.Options network = recipe.detector().network();
        long features = 4L * network.width() * network.architecture().expansion(); // of layer 3
        long classes = recipe.pictures().classes().size();
        return network.parameters() + features * (9 * features + 75) + 2 * features * (5 * classes + 3);
    }

    /** Values that are kept of a proposal: its features, each convolution's output in the last layer and its norm's. */
    private static long ofProposal(ResNet.Options network) {
        Architecture architecture = network.architecture();
        long planes = 8L * network.width();
        long out = planes * architecture.expansion();
        long inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
        long block = architecture.bottleneck() ? 2 * inner + out : 2 * planes;
        // a bottleneck's first convolution is before the stride
        long first = architecture.bottleneck() ? 2 * inner * (BEFORE - BEHIND) : 0;
        return out / 2 * BEFORE + first + 2 * BEHIND * (architecture.blocks().get(3) * block + 2 * out);
    }

    public static String told(DetectionRecipe recipe, LoaderOptions loader) {
        return String.format(Locale.ROOT, "about %.1f GiB", bytes(recipe, loader) / GIB);
    }
}
