package io.juxta.cut;

import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.PatchSampler;
import java.util.List;
import java.util.stream.LongStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Where patches of a translation find their positives: how like each is to every patch of the source, by PatchNCE. */
@API(status = API.Status.INTERNAL)
public final class PatchSimilarity {
    /** Places embedded at once: 256 numbers of each take 4 MiB. */
    private static final long CHUNK = 4096;

    private final Generator G;
    private final PatchSampler F;
    private final ChannelBridge bridge;
    private final List<Integer> layers;
    private final int tap;

    /**
     * @param layers taps, ascending
     * @param tap which of them is looked at, from 0
     */
    PatchSimilarity(Generator G, PatchSampler F, ChannelBridge bridge, List<Integer> layers, int tap) {
        this.G = G;
        this.F = F;
        this.bridge = bridge;
        this.layers = List.copyOf(layers.subList(0, tap + 1));
        this.tap = tap;
    }

    /**
     * Compares in the mode, training or evaluation, that G is in. What is made belongs to the caller's scope.
     *
     * @param source (1, C, H, W), from -1 to 1
     * @param translation of it, (1, C', H, W)
     * @param points of the translation, x and y in turn, from 0 at the left and the top to 1
     * @return (P, h, w), h x w the places of the tap: cosines of the patch at each point with all patches of the source
     */
    public Tensor maps(Tensor source, Tensor translation, double[] points) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor k = activations(source);
            Tensor q = activations(bridge.forward(translation));
            Tensor asked = embeddings(q, places(points, q.size(2), q.size(3))); // P x width
            long count = k.size(2) * k.size(3);
            Tensor maps = torch.zeros(points.length / 2, count).to(k.device(), k.scalar_type());
            for (long from = 0; from < count; from += CHUNK) {
                try (PointerScope scope = new PointerScope()) {
                    long[] some = LongStream.range(from, Math.min(count, from + CHUNK))
                            .toArray();
                    maps.narrow(1, from, some.length)
                            .copy_(asked.matmul(embeddings(k, some).t()));
                }
            }
            return maps.view(-1, k.size(2), k.size(3));
        }
    }

    private Tensor activations(Tensor image) {
        return G.taps(image, layers).get(tap);
    }

    private Tensor embeddings(Tensor activations, long[] places) {
        return F.embeddings(tap, activations, Tensor.create(places).to(activations.device(), ScalarType.Long));
    }

    /** Row-major, of the patch that a point lies in. */
    private static long[] places(double[] points, long height, long width) {
        long[] places = new long[points.length / 2];
        for (int i = 0; i < places.length; i++) {
            long x = Math.min(width - 1, (long) (points[2 * i] * width));
            long y = Math.min(height - 1, (long) (points[2 * i + 1] * height));
            places[i] = y * width + x;
        }
        return places;
    }
}
