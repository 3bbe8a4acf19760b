package io.juxta.runs.methods;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.detect.DetectionRecipe;
import io.juxta.detect.FasterRcnn;
import java.time.Duration;
import java.util.Locale;
import org.apiguardian.api.API;

/** About how long a detector's run takes: the multiplications of its convolutions, at the speed that one was measured to have. */
@API(status = API.Status.INTERNAL)
public final class DetectionCost {
    /** What a step takes over its convolutions' products: norms, proposals, boxes, the optimiser; measured with fruit/c4-cpu. */
    private static final double OVER = 1.3;

    /** A photo's long side over its short one. */
    private static final double SHAPE = 1.4;

    private DetectionCost() {}

    /** Floating-point operations of a step of one process, forward and backward. */
    static double flops(DetectionRecipe recipe, int pictures) {
        ResNet.Options network = recipe.detector().network();
        double side = recipe.pictures().shortSides().stream()
                .mapToInt(Integer::intValue)
                .average()
                .orElseThrow();
        double area = side * Math.min(SHAPE * side, recipe.pictures().longestSide());
        int width = network.width();
        double backbone = 3.0 * 49 * width * area / 4;
        for (int layer = 1; layer <= 3; layer++) {
            backbone += layer(network, layer, area / (16 << 2 * (layer - 1)));
        }
        double features = 4.0 * width * network.architecture().expansion();
        double proposing = features * (9 * features + 75) * area / 256;
        double places = FasterRcnn.GRID * FasterRcnn.GRID / 4.0;
        double looking = recipe.detector().proposalsSampled() * layer(network, 4, places);
        // forward, and the gradients of inputs and of weights; a multiplication and an addition
        return 3 * 2 * pictures * (backbone + proposing + looking);
    }

    /**
     * Multiplications of a layer.
     *
     * @param places of its output
     */
    private static double layer(ResNet.Options network, int layer, double places) {
        Architecture architecture = network.architecture();
        double planes = network.width() << (layer - 1);
        double out = planes * architecture.expansion();
        double in = layer == 1 ? network.width() : out / 2;
        double inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
        double before = layer == 1 ? places : 4 * places;
        double sum = layer == 1 && in == out ? 0 : in * out * places;
        for (int block = 0; block < architecture.blocks().get(layer - 1); block++) {
            sum += architecture.bottleneck()
                    ? inner * in * before + 9 * inner * inner / architecture.groups() * places + inner * out * places
                    : 9 * (in + planes) * planes * places;
            in = out;
            before = places;
        }
        return sum;
    }

    /**
     * In words, for people.
     *
     * @param pictures of a step, of one process
     * @param steps of the whole run
     * @param gigaflops that a convolution has on this machine
     */
    public static String told(DetectionRecipe recipe, int pictures, long steps, double gigaflops) {
        Duration time = Duration.ofSeconds(Math.round(OVER * steps * flops(recipe, pictures) / (gigaflops * 1e9)));
        long minutes = Math.max(1, Math.round(time.toSeconds() / 60.0));
        String words = minutes < 100
                ? minutes + " min"
                : minutes < 60 * 72
                        ? String.format(Locale.ROOT, "%.1f h", minutes / 60.0)
                        : String.format(Locale.ROOT, "%,d days", Math.round(minutes / 60.0 / 24));
        return String.format(
                Locale.ROOT, "about %s here, by %.0f GFLOP/s of a convolution just measured", words, gigaflops);
    }
}
