package io.juxta.runs.methods;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.detect.DetectionRecipe;
import java.util.Locale;
import org.apiguardian.api.API;

/** About what a detector's run takes. */
@API(status = API.Status.INTERNAL)
public final class DetectionMemory {
    private static final double GIB = 1L << 30;
    /** Places of a proposal in the features, and behind the last layer's stride. */
    private static final long BEFORE = 14 * 14;

    private static final long BEHIND = 7 * 7;

    private DetectionMemory() {}

    /**
     * Bytes of a step: weights, gradients and velocities, the backbone's activations at the largest size, and those of the last
     * layer for each proposal.
     */
    static long bytes(DetectionRecipe recipe, long parameters) {
        ResNet.Options network = recipe.detector().network();
        long shortSide = recipe.pictures().shortSides().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElseThrow();
        long longSide = Math.min(recipe.pictures().longestSide(), shortSide * 4 / 3);
        long side = Math.round(Math.sqrt((double) shortSide * longSide));
        long pictures = recipe.training().batchSize();
        long proposals = recipe.detector().proposalsSampled();
        return 4 * (4 * parameters + pictures * (network.activations(side) + proposals * ofProposal(network)));
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

    public static String told(DetectionRecipe recipe, long parameters) {
        return String.format(Locale.ROOT, "about %.1f GiB", bytes(recipe, parameters) / GIB);
    }
}
