package io.juxta.cut;

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

    /**
     * @param reuses whether activations of a pass of G may be taken for those of the encoder: not where a norm is taken
     *     over a batch, or activations are dropped
     */
    Passes(CutOptions options, Generator G, ChannelBridge bridge, boolean reuses) {
        this.options = options;
        this.G = G;
        this.bridge = bridge;
        this.reuses = reuses;
    }

    /**
     * @param real what G translates: sources, then, where they are asked for, targets; as they were before a flip
     * @param output of G, in the same order, flipped where its input was
     * @param taps activations of {@code real}, without gradient; empty where they are still to be computed
     */
    record Translated(
            Tensor sources, Tensor targets, Tensor real, Tensor output, List<Tensor> taps, boolean flipped) {
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
            return new Translated(sources, targets, real, G.forward(input), List.of(), flipped);
        }
        Generator.Tapped tapped = G.forwardWithTaps(input, options.nceLayers());
        List<Tensor> taps = tapped.taps().stream().map(Tensor::detach).toList();
        return new Translated(sources, targets, real, tapped.image(), taps, false);
    }

    /** Of the sources, and behind them of the targets where PatchNCE compares these too. */
    List<Activations> compared(Translated translated) {
        long N = translated.sources().size(0);
        int domains = options.nceIdt() ? 2 : 1;
        List<Activations> compared = new ArrayList<>();
        if (reuses) {
            Activations all = together(translated, domains * N);
            for (int domain = 0; domain < domains; domain++) {
                compared.add(
                        new Activations(part(all.outputs(), domain * N, N), part(all.sources(), domain * N, N)));
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
        List<Tensor> sources = translated.taps().isEmpty()
                ? sources(translated.real().narrow(0, 0, images))
                : translated.taps();
        return new Activations(outputs(translated, 0, images), sources);
    }

    private List<Tensor> sources(Tensor real) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return G.taps(real, options.nceLayers());
        }
    }

    private List<Tensor> outputs(Translated translated, long start, long images) {
        Tensor output = bridge.forward(translated.output().narrow(0, start, images));
        List<Tensor> taps = G.taps(output, options.nceLayers());
        return translated.flipped() ? taps.stream().map(tap -> tap.flip(WIDTH)).toList() : taps;
    }

    private static List<Tensor> part(List<Tensor> taps, long start, long length) {
        return taps.stream().map(tap -> tap.narrow(0, start, length)).toList();
    }
}
