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
    private final ImageByImage images;

    /**
     * @param reuses whether activations of a pass of G may be taken for those of the encoder: not where a norm is taken
     *     over a batch, or activations are dropped
     * @param precision of G
     * @param images how they pass G
     */
    Passes(
            CutOptions options,
            Generator G,
            ChannelBridge bridge,
            boolean reuses,
            MixedPrecision precision,
            ImageByImage images) {
        this.options = options;
        this.G = G;
        this.bridge = bridge;
        this.reuses = reuses;
        this.precision = precision;
        this.images = images;
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
            Tensor output = images.one(input, part -> precision.compute(() -> G.forward(part)));
            return new Translated(sources, targets, real, output, List.of(), flipped);
        }
        List<Tensor> imageAndTaps = images.pass(
                input,
                part -> precision.computeAll(() -> {
                    Generator.Tapped tapped = G.forwardWithTaps(part, options.nceLayers());
                    List<Tensor> all = new ArrayList<>();
                    all.add(tapped.image());
                    tapped.taps().forEach(tap -> all.add(tap.detach()));
                    return all;
                }));
        List<Tensor> taps = imageAndTaps.subList(1, imageAndTaps.size());
        return new Translated(sources, targets, real, imageAndTaps.get(0), taps, false);
    }

    /** Of the sources, and behind them of the targets where PatchNCE compares these too. */
    List<Activations> compared(Translated translated) {
        long N = translated.sources().size(0);
        int domains = options.nceIdt() ? 2 : 1;
        List<Activations> compared = new ArrayList<>();
        if (reuses && !images.isApart()) {
            Activations all = compared(translated, 0, domains * N);
            for (int domain = 0; domain < domains; domain++) {
                compared.add(new Activations(part(all.outputs(), domain * N, N), part(all.sources(), domain * N, N)));
            }
            return compared;
        }
        for (int domain = 0; domain < domains; domain++) {
            compared.add(compared(translated, domain * N, N));
        }
        return compared;
    }

    private Activations compared(Translated translated, long start, long length) {
        List<Tensor> outputs = outputs(translated, start, length);
        return new Activations(
                outputs,
                translated.taps().isEmpty()
                        ? sources(translated.real().narrow(0, start, length))
                        : part(translated.taps(), start, length));
    }

    private List<Tensor> sources(Tensor real) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return taps(real);
        }
    }

    private List<Tensor> outputs(Translated translated, long start, long length) {
        Tensor output = bridge.forward(translated.output().narrow(0, start, length));
        List<Tensor> taps = taps(output);
        return translated.flipped() ? taps.stream().map(tap -> tap.flip(WIDTH)).toList() : taps;
    }

    private List<Tensor> taps(Tensor input) {
        return images.pass(input, part -> precision.computeAll(() -> G.taps(part, options.nceLayers())));
    }

    private static List<Tensor> part(List<Tensor> taps, long start, long length) {
        return taps.stream().map(tap -> tap.narrow(0, start, length)).toList();
    }
}
