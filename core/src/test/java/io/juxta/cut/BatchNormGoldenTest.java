package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.networks.PatchDiscriminator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.torch.StateDict;
import io.juxta.train.Adam;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * CUT with batch norm in G and in D: three steps' figures, and what the running statistics are behind them, in the networks of
 * the goldens (ngf and ndf 4; a norm's weights 1 + val / 10).
 *
 * <p>The numbers are of a rewrite of the original in plain PyTorch 2.13, in float64, whose passes are those of its train.py and
 * cut_model.py: first the data-dependent initialisation on the images of the first step, a whole step's passes with nothing
 * learned; in a step G of both domains as one batch, D of the translations and then of the targets, when it has learned D of
 * the translations again, then the encoder of translations, sources, identities and targets, each a batch of its own. The same
 * in float32 gave every running sum to 3e-7.
 */
class BatchNormGoldenTest {
    private static final List<String> FIGURES = List.of("g_gan", "d_real", "d_fake", "loss", "nce", "nce_idt");

    /**
     * @param figures of each step, in the order of FIGURES
     * @param statistics of G and then of D: sums of running means, of their absolute values, and of running variances
     * @param batches that the first norm of G has seen, the last of G, and each of D
     * @param evaluated sums, and of absolute values, of G's and D's output in evaluation
     */
    private record Golden(double[][] figures, double[] statistics, long[] batches, double[] evaluated) {}

    private static final Golden CUT = new Golden(
            new double[][] {
                {1.06075619388, 1.3324264045, 0.172584201451, 5.51961019398, 4.6064862459, 4.3112217543},
                {1.23045102405, 0.767182311048, 0.246755955406, 6.02471911535, 5.0829054115, 4.5056307711},
                {0.890546001454, 0.788049685585, 0.18589538371, 5.68593758443, 4.7544248615, 4.83635830445}
            },
            new double[] {-3.96477061, 70.0514425101, 453.565780989, -2.08085085263, 8.0905147225, 20.3944758884},
            new long[] {20, 4, 12},
            new double[] {-4044.24743907, 4227.63093731, 0.239893648408, 0.707604598065});

    /** Flipped in the initialisation, the first and the last step. */
    private static final Golden FAST_CUT = new Golden(
            new double[][] {
                {0.969473596232, 1.2546514893, 0.162297164507, 46.4619862011, 45.4925126048},
                {0.91522519101, 0.896035506261, 0.238344903285, 49.7439123766, 48.8286871856},
                {1.21734259128, 1.04854466116, 0.312471308563, 53.5709274021, 52.3535848108}
            },
            new double[] {-2.72226421493, 61.4969638893, 459.111941265, -1.91683564211, 8.12648284451, 20.3302467166},
            new long[] {12, 4, 12},
            new double[] {-3407.20754348, 3527.63498743, -0.344022674164, 0.794313420943});

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void cutOfTwoImages(ScalarType type) {
        compare(CUT, 2, TinyCut.options(1, true), Set.of(), type, tolerance(type), Communicator.single());
    }

    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void fastCutOfOneImage(ScalarType type) {
        compare(
                FAST_CUT,
                1,
                TinyCut.options(10, false),
                Set.of(-1L, 0L, 2L),
                type,
                tolerance(type),
                Communicator.single());
    }

    /** An image each. In float32 the statistics of all are summed otherwise, and Adam takes steps by the sign of what is left. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void cutInTwoProcesses(ScalarType type) throws Exception {
        double tolerance = type == ScalarType.Double ? tolerance(type) : 1e-3;
        Ranks.run(2, communicator -> {
            compare(CUT, 2, TinyCut.options(1, true), Set.of(), type, tolerance, communicator);
            return null;
        });
    }

    private static double tolerance(ScalarType type) {
        return type == ScalarType.Double ? 1e-8 : 2e-5;
    }

    private static void compare(
            Golden golden,
            int images,
            CutOptions options,
            Set<Long> flips,
            ScalarType type,
            double tolerance,
            Communicator all) {
        try (PointerScope scope = new PointerScope();
                Cut cut = cut(options, flips, type, all)) {
            long part = images / all.size();
            for (int s = 0; s < golden.figures.length; s++) {
                List<Tensor> domains = new ArrayList<>();
                for (int tag : new int[] {530, 540}) {
                    domains.add(Filler.tensor(tag + s, type, images, 3, 32, 32).narrow(0, all.rank() * part, part));
                }
                Map<String, Double> figures = cut.step(domains, new Step(s, 3, 2e-4));
                for (int i = 0; i < golden.figures[s].length; i++) {
                    close(figures.get(FIGURES.get(i)), golden.figures[s][i], tolerance, FIGURES.get(i) + " " + s);
                }
            }
            Module G = cut.networks().get(0);
            Module D = cut.networks().get(1);
            double[] statistics = statistics(G, D);
            for (int i = 0; i < statistics.length; i++) {
                close(statistics[i], golden.statistics[i], tolerance, "statistic " + i);
            }
            assertThat(batches(G)[0]).isEqualTo(golden.batches[0]);
            assertThat(batches(G)[batches(G).length - 1]).isEqualTo(golden.batches[1]);
            assertThat(batches(D)).containsOnly(golden.batches[2]);
            double[] evaluated = evaluated(cut, type);
            for (int i = 0; i < evaluated.length; i++) {
                // what the weights learned from rounding in float32 is among it
                close(evaluated[i], golden.evaluated[i], 10 * tolerance, "evaluated " + i);
            }
        }
    }

    private static void close(double value, double expected, double tolerance, String what) {
        assertThat(value).as(what).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }

    private static double[] statistics(Module... networks) {
        List<Double> sums = new ArrayList<>();
        for (Module network : networks) {
            double mean = 0;
            double absolute = 0;
            double variance = 0;
            for (Map.Entry<String, Tensor> named : StateDict.of(network).entrySet()) {
                if (named.getKey().endsWith(".running_mean")) {
                    mean += sum(named.getValue());
                    absolute += sum(named.getValue().abs());
                } else if (named.getKey().endsWith(".running_var")) {
                    variance += sum(named.getValue());
                }
            }
            sums.addAll(List.of(mean, absolute, variance));
        }
        return sums.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double sum(Tensor tensor) {
        return tensor.to(ScalarType.Double).sum().item_double();
    }

    private static long[] batches(Module network) {
        return StateDict.of(network).entrySet().stream()
                .filter(named -> named.getKey().endsWith(".num_batches_tracked"))
                .mapToLong(named -> named.getValue().item_long())
                .toArray();
    }

    private static double[] evaluated(Cut cut, ScalarType type) {
        Tensor x = Filler.tensor(510, type, 2, 3, 32, 32);
        Discriminator D = (Discriminator) cut.networks().get(1);
        D.eval();
        cut.network().eval();
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor y = cut.network().forward(x);
            Tensor scores = D.forward(x);
            return new double[] {sum(y), sum(y.abs()), sum(scores), sum(scores.abs())};
        }
    }

    private static Cut cut(CutOptions options, Set<Long> flips, ScalarType type, Communicator all) {
        ResNetGenerator G = new ResNetGenerator(new ResNetGenerator.Options(3, 3, 4, 9, Norm.BATCH, false, true, true));
        PatchDiscriminator D = new PatchDiscriminator(new PatchDiscriminator.Options(3, 4, 3, Norm.BATCH, true));
        PatchSampler F = TinyCut.sampler(G, type);
        TinyCut.fill(G, 600, type);
        TinyCut.fill(D, 700, type);
        aroundOne(G);
        aroundOne(D);
        return new Cut(
                options,
                G,
                D,
                F,
                new ChannelBridge(3, 3),
                false,
                new Adam.Options(0.5, 0.999),
                new TinyCut.FirstPatches(flips),
                java.util.Optional.empty(),
                all,
                List.of(MixedPrecision.none(), MixedPrecision.none()));
    }

    private static void aroundOne(Module network) {
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(network).forEach((name, parameter) -> {
                if (name.endsWith("weight") && parameter.dim() == 1) {
                    parameter.add_(new org.bytedeco.pytorch.Scalar(1));
                }
            });
        }
    }
}
