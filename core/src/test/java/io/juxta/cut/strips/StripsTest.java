package io.juxta.cut.strips;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.TinyCut;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.stylegan2.StyleGan2Generator;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An image in strips against the image as a whole. */
@Tag("slow")
class StripsTest {
    private static final long PLENTY = 1L << 40;

    private int strips;

    private Tensor inStrips(Generator G, Tensor x, long memory) {
        strips = 0;
        Tensor y = torch.zeros_like(x);
        G.forward(
                RowSource.of(x),
                (from, rows) -> {
                    strips++;
                    y.narrow(2, from, rows.size(2)).copy_(rows);
                },
                Strips.within(memory, Precision.FLOAT32));
        return y;
    }

    private void assertSame(Generator G, long height, long width, ScalarType type, double tolerance) {
        G.eval();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            // a gradient from top to bottom: strips have other statistics than the whole
            Tensor x = Filler.tensor(1, 0.5, type, 1, 3, height, width)
                    .add(torch.linspace(new Scalar(-0.5), new Scalar(0.5), height)
                            .reshape(1, 1, height, 1)
                            .to(type));
            G.noise(NoiseSource.of(3, 5));
            Tensor whole = G.forward(x);
            assertThat(whole.std().item_double()).isGreaterThan(0.1);

            G.noise(NoiseSource.of(3, 5));
            assertThat(torch.equal(inStrips(G, x, PLENTY), whole)).isTrue();
            assertThat(strips).isEqualTo(1);

            List<Integer> seen = new ArrayList<>();
            for (long memory = 1; memory < 1L << 21; memory *= 8) {
                G.noise(NoiseSource.of(3, 5));
                Tensor y = inStrips(G, x, memory);
                assertThat(y.sub(whole).abs().max().item_double())
                        .as("%d bytes, %d strips", memory, strips)
                        .isLessThan(tolerance);
                seen.add(strips);
            }
            assertThat(seen.get(0)).isGreaterThanOrEqualTo(2);
            assertThat(seen).isSortedAccordingTo((a, b) -> b - a);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true, 24, 40", "true, true, 60, 8", "false, false, 44, 20", "false, true, 52, 12"})
    void aResNetsStripsAreTheWhole(boolean antialias, boolean antialiasUp, long height, long width) {
        ResNetGenerator G = new ResNetGenerator(
                new ResNetGenerator.Options(3, 3, 4, 3, Norm.INSTANCE, true, antialias, antialiasUp));
        TinyCut.fill(G, 40, ScalarType.Float);
        assertSame(G, height, width, ScalarType.Float, 2e-5);
    }

    /** Without a norm by the image itself activations grow, and rounding with them: compared in double. */
    @ParameterizedTest
    @CsvSource({"BATCH, true, true, 40, 16", "NONE, true, false, 32, 16", "NONE, true, true, 56, 12"})
    void soAreThoseOfOtherNorms(Norm norm, boolean antialias, boolean antialiasUp, long height, long width) {
        ResNetGenerator G =
                new ResNetGenerator(new ResNetGenerator.Options(3, 3, 4, 3, norm, true, antialias, antialiasUp));
        TinyCut.fill(G, 40, ScalarType.Double);
        livelier(G);
        assertSame(G, height, width, ScalarType.Double, 1e-10);
    }

    @ParameterizedTest
    @CsvSource({"24, 40", "16, 8"})
    void inDoubleToo(long height, long width) {
        assertSame(TinyCut.generator(ScalarType.Double), height, width, ScalarType.Double, 1e-11);
    }

    /** Larger weights, and running statistics that are not those of a batch norm that has seen nothing. */
    private static void livelier(Generator G) {
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(G).forEach((name, tensor) -> {
                if (name.endsWith("running_mean")) {
                    tensor.fill_(new Scalar(0.1));
                } else if (name.endsWith("running_var")) {
                    tensor.fill_(new Scalar(0.5));
                } else if (name.endsWith("weight")) {
                    tensor.copy_(tensor.dim() > 1 ? tensor.mul(new Scalar(2)) : torch.ones_like(tensor));
                }
            });
        }
    }

    /** The style is the same everywhere, and the noise is the whole image's. */
    @ParameterizedTest
    @CsvSource({"1, 6, true, 96, 12", "1, 2, false, 40, 20", "2, 2, true, 88, 12"})
    void aStyleGansStripsAreTheWhole(int halvings, int blocks, boolean noise, long height, long width) {
        StyleGan2Generator G =
                new StyleGan2Generator(new StyleGan2Generator.Options(3, 3, 1, 64, halvings, blocks, noise));
        TinyCut.fill(G, 50, ScalarType.Float);
        try (NoGradGuard guard = new NoGradGuard()) {
            // weights of a deviation of 1, and noise: the layers scale by themselves
            StateDict.parameters(G)
                    .forEach((name, tensor) -> tensor.copy_(
                            name.endsWith("noise.weight") ? torch.ones_like(tensor) : tensor.div(scale(tensor))));
        }
        assertSame(G, height, width, ScalarType.Float, 2e-5);
    }

    private static Tensor scale(Tensor weight) {
        return weight.numel() > 1 ? weight.std() : torch.ones(1);
    }

    @Test
    void momentsOfStripsAreThoseOfTheWhole() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            // a mean a thousand times the deviation
            Tensor x = Filler.tensor(8, ScalarType.Double, 1, 2, 11, 7).add(new Scalar(1000));
            Moments moments = new Moments(2);
            for (long from = 0; from < 11; from += 4) {
                moments.accept(from, x.narrow(2, from, Math.min(4, 11 - from)).clone());
            }
            Tensor y = moments.forward(x);
            assertThat(y.sub(Norm.instance(x)).abs().max().item_double()).isCloseTo(0, within(1e-10));
        }
    }

    /** 12 megapixels by the paper's width: kept activations and a strip are below 2 GiB. */
    @Test
    void estimatesAreOfTheSizeOfActivations() {
        try (PointerScope scope = new PointerScope()) {
            ResNetGenerator G =
                    new ResNetGenerator(new ResNetGenerator.Options(3, 3, 64, 9, Norm.INSTANCE, false, true, true));
            Chain chain = G.chain();
            assertThat(chain.scale()).isEqualTo(4);
            long widest = (64L + 128) * 4000 * 3000 * 4;
            assertThat(chain.bytes(750, 4000, Float.BYTES)).isBetween(widest, 3 * widest);
            assertThat(chain.before(chain.firstWhole()).margin()).isEqualTo(3);
        }
    }
}
