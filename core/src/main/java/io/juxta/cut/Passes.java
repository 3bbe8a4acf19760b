package io.juxta.cut;

import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.train.MixedPrecision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The passes of G in a step. Where a norm is taken over a batch, each pass moves its running statistics: they are as many
 * then, and come in the same order and with the same images, as the original's.
 */
final class Passes {
    private static final int WIDTH = 3;

    private final CutOptions options;
    private final Generator G;
    private final ChannelBridge bridge;
    private final boolean reuses;
    private final MixedPrecision precision;

    /**
     * @param reuses whether activations of a pass of G may be taken for those of the encoder: not where a norm is taken
     *     over a batch, or activations are dropped
     * @param precision of G
     */
    Passes(CutOptions options, Generator G, ChannelBridge bridge, boolean reuses, MixedPrecision precision) {
        this.options = options;
        this.G = G;
        this.bridge = bridge;
        this.reuses = reuses;
        this.precision = precision;
    }

    /**
     * @param real what G translates: sources, then, where they are asked for, targets; as they were before a flip
     * @param output of G, in the same order, flipped where its input was
     * @param taps activations of {@code real}, without gradient; empty where they are still to be computed
     */
    record Translated(Tensor sources, Tensor targets, Tensor real, Tensor output, List<Tensor> taps, boolean flipped) {
        Tensor translations() {
            return output.narrow(0, 0, sources.size(0));
        }

        Tensor identities() {
            return output.narrow(0, sources.size(0), targets.size(0));
        }

        /** Targets as {@link #identities} should be. */
        Tensor identityTargets() {
            return flipped ? targets.flip(WIDTH) : targets;
        }
    }

    /**
     * What PatchNCE compares of one domain.
     *
     * @param outputs activations of G's own images, turned back where the images had been flipped
     * @param sources activations of the images as they were before a flip; no gradient goes to them
     */
    record Activations(List<Tensor> outputs, List<Tensor> sources) {}

    Translated translate(Tensor sources, Tensor targets, boolean flipped) {
        Tensor real = options.translatesTargets()
                ? torch.cat(new TensorVector(sources, bridge.forward(targets)), 0)
                : sources;
        Tensor input = flipped ? real.flip(WIDTH) : real;
        if (!reuses || flipped) {
            Tensor output = precision.compute(() -> G.forward(input));
            return new Translated(sources, targets, real, output, List.of(), flipped);
        }
        List<Tensor> tapsAndImage = precision.computeAll(() -> {
            Generator.Tapped tapped = G.forwardWithTaps(input, options.nceLayers());
            List<Tensor> all = new ArrayList<>(tapped.taps());
            all.add(tapped.image());
            return all;
        });
        int last = tapsAndImage.size() - 1;
        List<Tensor> taps =
                tapsAndImage.subList(0, last).stream().map(Tensor::detach).toList();
        return new Translated(sources, targets, real, tapsAndImage.get(last), taps, false);
    }

    /** Of the sources, and behind them of the targets where PatchNCE compares these too. */
    List<Activations> compared(Translated translated) {
        long N = translated.sources().size(0);
        int domains = options.nceIdt() ? 2 : 1;
        List<Activations> compared = new ArrayList<>();
        if (reuses) {
            Activations all = together(translated, domains * N);
            for (int domain = 0; domain < domains; domain++) {
                compared.add(new Activations(part(all.outputs(), domain * N, N), part(all.sources(), domain * N, N)));
            }
            return compared;
        }
        for (int domain = 0; domain < domains; domain++) {
            List<Tensor> outputs = outputs(translated, domain * N, N);
            compared.add(new Activations(outputs, sources(translated.real().narrow(0, domain * N, N))));
        }
        return compared;
    }

    /** Of all images at once, which do not change each other's numbers here. */
    private Activations together(Translated translated, long images) {
        List<Tensor> sources =
                translated.taps().isEmpty() ? sources(translated.real().narrow(0, 0, images)) : translated.taps();
        return new Activations(outputs(translated, 0, images), sources);
    }

    private List<Tensor> sources(Tensor real) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return taps(real);
        }
    }

    private List<Tensor> outputs(Translated translated, long start, long images) {
        Tensor output = bridge.forward(translated.output().narrow(0, start, images));
        List<Tensor> taps = taps(output);
        return translated.flipped() ? taps.stream().map(tap -> tap.flip(WIDTH)).toList() : taps;
    }

    private List<Tensor> taps(Tensor images) {
        return precision.computeAll(() -> G.taps(images, options.nceLayers()));
    }

    private static List<Tensor> part(List<Tensor> taps, long start, long length) {
        return taps.stream().map(tap -> tap.narrow(0, start, length)).toList();
    }
}
