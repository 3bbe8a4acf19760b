package io.juxta.detect;

import static io.juxta.detect.Drawn.near;
import static io.juxta.detect.Drawn.relative;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The networks against numbers of MoCo's detection (commit 132aea9) on detectron2, in both floating-point types. */
class DetectorGoldenTest {
    /** DET-4. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void regionProposals(ScalarType type) {
        RegionProposals rpn = new RegionProposals(8, Anchors.C4, new BalancedSampler(256, 0.5));
        StateDict.convert(rpn, type);
        Map<String, Tensor> parameters = StateDict.parameters(rpn);
        try (NoGradGuard guard = new NoGradGuard()) {
            int p = 0;
            for (Tensor parameter : parameters.values()) {
                double fanIn = (double) parameter.numel() / parameter.size(0);
                double scale = parameter.dim() == 1 ? 0.1 : 1 / Math.sqrt(fanIn);
                parameter.copy_(Drawn.filled(
                        1210 + p++, scale, type, parameter.sizes().vec().get()));
            }
        }
        rpn.train(true);
        Tensor features = Filler.tensor(1220, type, 2, 8, 5, 6).set_requires_grad(true);

        RegionProposals.Said said = rpn.forward(features, MixedPrecision.none());
        RegionProposals.Losses losses = rpn.losses(said, List.of(Drawn.GT0, Drawn.GT1), Drawn.FIRST);
        losses.objectness().add(losses.location()).backward();

        near(losses.objectness().item_double(), 0.711560194, relative(type));
        near(losses.location().item_double(), 0.007479346175, relative(type));
        gradient(type, parameters.get("conv.weight"), 0.016360815, 0.73501242, 0.001222778, 0.00055687894);
        gradient(type, parameters.get("conv.bias"), 0.021368172, 0.10211553);
        gradient(type, parameters.get("logits.weight"), 0.52204551, 0.52204551, 0.0033243209, 0.0039312451);
        near(parameters.get("logits.bias").grad().sum().item_double(), 0.49916233, relative(type));
        gradient(type, parameters.get("deltas.weight"), -0.010071255, 0.038588175);
        double[] bias = Goldens.values(parameters.get("deltas.bias").grad());
        double[] counts = new double[60];
        counts[4] = counts[6] = counts[7] = -2;
        counts[16] = -1;
        counts[17] = counts[18] = 1;
        counts[19] = 3;
        assertThat(Arrays.stream(bias).map(x -> x * 512).toArray()).containsExactly(counts, within(1e-5));
        gradient(type, features, -0.0074837362, 0.087340166, 0.00010004448, 0.00048539967);

        List<RegionProposals.Proposals> proposals =
                rpn.propose(said, Drawn.SIZES, new RegionProposals.Limits(12000, 2000, 0.7));
        proposed(type, proposals.get(0), 117, 16891.73, 11.649092, 13.906496);
        proposed(type, proposals.get(1), 114, 15622.268, 11.024356, 14.930607);
        assertThat(proposals.get(0).boxes().select(0).toArray())
                .containsExactly(new double[] {46.393554, 0, 92.393264, 54.863299}, within(1e-4));
        assertThat(proposals.get(1).boxes().select(0).toArray()).containsExactly(0, 0, 64, 80);
        List<RegionProposals.Proposals> few = rpn.propose(said, Drawn.SIZES, new RegionProposals.Limits(20, 5, 0.7));
        near(Drawn.sum(few.get(0).boxes()), 685.99479, relative(type));
        near(Drawn.sum(few.get(1).boxes()), 750.11533, relative(type));
    }

    /** DET-4, which anchors are learned from. */
    @ParameterizedTest
    @EnumSource(names = "Double")
    void anchorsDrawn(ScalarType type) {
        Boxes anchors = Anchors.C4.grid(5, 6);
        drawn(Matcher.OF_ANCHORS.match(Drawn.GT0, anchors), 254, 292, 211, 244);
        drawn(Matcher.OF_ANCHORS.match(Drawn.GT1, anchors), 253, 296, 121, 289, 304);
    }

    private static void drawn(Matcher.Matches matches, int background, int last, int... objects) {
        BalancedSampler.Sample sample = new BalancedSampler(256, 0.5)
                .draw(
                        matches.label(),
                        n -> Drawn.FIRST.permutation(0, Chance.Pick.ANCHORS_OF_OBJECTS, n),
                        n -> Drawn.FIRST.permutation(0, Chance.Pick.ANCHORS_OF_BACKGROUND, n));
        assertThat(sample.objects()).containsExactly(objects);
        assertThat(sample.background()).hasSize(background).endsWith(last);
    }

    private static void proposed(
            ScalarType type, RegionProposals.Proposals proposals, int count, double boxes, double logits, double abs) {
        assertThat(proposals.boxes().size()).isEqualTo(count);
        near(Drawn.sum(proposals.boxes()), boxes, relative(type));
        near(Arrays.stream(proposals.logits()).sum(), logits, relative(type));
        near(Drawn.abs(proposals.logits()), abs, relative(type));
    }

    /** DET-7. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void head(ScalarType type) {
        FasterRcnn network = Drawn.narrow();
        Drawn.fill(network, 1400, type);
        List<String> names = Drawn.ofHead(StateDict.parameters(network));
        assertThat(names).hasSize(36);
        try (NoGradGuard guard = new NoGradGuard()) {
            for (int p = 0; p < names.size(); p++) {
                Drawn.refill(network, names.get(p), 1300 + p, type);
            }
        }
        network.train(true);
        Tensor features = Filler.tensor(1250, type, 2, 128, 5, 6).set_requires_grad(true);
        List<BoxHead.Sampled> sampled = new ArrayList<>();
        int[][] rows = new int[2][];
        for (int i = 0; i < 2; i++) {
            PictureSize size = Drawn.SIZES.get(i);
            LabelledBoxes truth = Drawn.TRUTHS.get(i);
            double[] near = truth.boxes().select(0, 1, 0).toArray();
            double[] shift = Drawn.values(1253 + i, 12, 8);
            for (int k = 0; k < 12; k++) {
                near[k] += shift[k];
            }
            Boxes proposals = Boxes.join(
                            List.of(Drawn.boxes(1251 + 4 * i, 15, size.width(), size.height()), Boxes.of(near)))
                    .clip(size.width(), size.height());
            sampled.add(network.head()
                    .sample(proposals, truth.boxes(), truth.classes(), new BalancedSampler(16, 0.25), Drawn.FIRST, i));
            rows[i] = places(
                    Boxes.join(List.of(proposals, truth.boxes())),
                    sampled.get(i).boxes());
        }
        int[] expected = {15, 16, 17, 18, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        assertThat(rows[0]).containsExactly(expected);
        assertThat(rows[1]).containsExactly(expected);
        assertThat(sampled.get(0).classes()).startsWith(0, 2, 0, 0, 3).endsWith(3);
        assertThat(sampled.get(1).classes()).startsWith(1, 1, 1, 1, 3).endsWith(3);

        Tensor pooled = network.align()
                .forward(features, sampled.stream().map(BoxHead.Sampled::boxes).toList());
        BoxHead.Said said =
                network.head().forward(network.head().pooled(network.backbone().layer(4, pooled)));
        BoxHead.Losses losses = network.head().losses(said, sampled, 32);
        losses.classification().add(losses.location()).backward();

        double loose = type == ScalarType.Double ? 1e-6 : 2e-5;
        near(said.scores().abs().sum().item_double(), 34.70227, loose);
        Goldens.values(said.scores().select(0, 0), loose, 0.42171425, 0.29846705, 0.22801442, -0.20580649);
        near(said.deltas().abs().sum().item_double(), 18.503291, loose);
        assertThat(said.deltas().get(0).get(0).item_double()).isCloseTo(-0.025007075, within(loose));
        near(losses.classification().item_double(), 1.375325597, relative(type));
        near(losses.location().item_double(), 0.4139833074, relative(type));
        Goldens.values(gradient(network, "head.scores.bias"), loose, 0.16347676, 0.11779484, 0.21923866, -0.50051027);
        sums(type, gradient(network, "head.scores.weight"), 0, 24.562309, 0.02376365, -0.015007831);
        sums(type, gradient(network, "head.deltas.weight"), -0.98553756, 45.958459);
        double[] bias = Goldens.values(gradient(network, "head.deltas.bias"));
        assertThat(Arrays.stream(bias).map(x -> x * 32).toArray())
                .containsExactly(new double[] {-1, 3, -3, -3, 0, 0, 4, -2, -1, -1, 1, 1}, within(1e-5));
        sums(type, gradient(network, "head.norm.weight"), 0.063168674, 0.46581465);
        sums(type, gradient(network, "head.norm.bias"), -0.22450446, 4.7905288);
        sums(type, gradient(network, "backbone.layer4.0.conv1.weight"), -0.025612259, 7.3842194);
        near(features.grad().abs().sum().item_double(), 4.6532772, wide(type));
        assertThat(features.grad().reshape(-1).get(0).item_double()).isCloseTo(0.00096056886, within(1e-6));
        Map<String, Tensor> state = StateDict.of(network);
        statistic(state, "head.norm.running_mean", 12.958658, 0.049137761, wide(type));
        statistic(state, "head.norm.running_var", 239.89019, 0.93717518, wide(type));
    }

    private static int[] places(Boxes all, Boxes some) {
        int[] places = new int[some.size()];
        for (int k = 0; k < places.length; k++) {
            while (!all.select(places[k]).equals(some.select(k))) {
                places[k]++;
            }
        }
        return places;
    }

    private static void statistic(Map<String, Tensor> state, String name, double sum, double first, double tolerance) {
        Tensor statistic = Objects.requireNonNull(state.get(name), name);
        near(statistic.sum().item_double(), sum, tolerance);
        near(statistic.get(0).item_double(), first, tolerance);
    }

    private static Tensor gradient(FasterRcnn network, String name) {
        return Drawn.parameter(network, name).grad();
    }

    /** Gradients' sums, as tight as the goldens say. */
    private static void sums(ScalarType type, Tensor x, double sum, double abs, double... first) {
        assertThat(x.sum().item_double()).isCloseTo(sum, within(type == ScalarType.Double ? 1e-6 * abs : 2e-3));
        near(x.abs().sum().item_double(), abs, wide(type));
        for (int k = 0; k < first.length; k++) {
            assertThat(x.reshape(-1).get(k).item_double()).isCloseTo(first[k], within(wide(type)));
        }
    }

    private static void gradient(ScalarType type, Tensor parameter, double sum, double abs, double... first) {
        Tensor gradient = parameter.grad();
        assertThat(gradient.sum().item_double()).isCloseTo(sum, within(relative(type) * abs));
        near(gradient.abs().sum().item_double(), abs, relative(type));
        for (int k = 0; k < first.length; k++) {
            assertThat(gradient.reshape(-1).get(k).item_double()).isCloseTo(first[k], within(relative(type) * abs));
        }
    }

    /** What float32's gradients may differ by after some 50 layers. */
    private static double wide(ScalarType type) {
        return type == ScalarType.Double ? 1e-6 : 2e-4;
    }

    /** DET-8, DET-9 and DET-13, one after the other. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void threeSteps(ScalarType type) {
        FasterRcnn network = Drawn.narrow();
        Drawn.fill(network, 1400, type);
        double[][] losses = {
            {1.479491638, 0.9939196632, 0.7215167895, 0.007010701285},
            {1.423904967, 0.9200018707, 0.7175618646, 0.006843644573},
            {1.430491115, 0.9563926975, 0.7175177523, 0.006717771691}
        };
        try (DetectorLearner learner =
                new DetectorLearner(network, new Sgd.Options(0.9, 1e-4), 0, Communicator.single())) {
            assertThat(StateDict.parameters(network)).hasSize(171);
            assertThat(StateDict.parameterCount(network)).isEqualTo(536_035);
            assertThat(learner.state()).hasSize(171 + 3 * 54 + 171);
            for (int s = 0; s < 3; s++) {
                Map<String, Double> figures = step(learner, s, type);
                String[] names = {"loss_class", "loss_box", "loss_objectness", "loss_proposal"};
                for (int k = 0; k < 4; k++) {
                    near(Objects.requireNonNull(figures.get(names[k])), losses[s][k], relative(type));
                }
                if (s == 0) {
                    sums(type, gradient(network, "backbone.conv1.weight"), -0.41281042, 57.825153, 0.075241859);
                    sums(type, gradient(network, "backbone.layer3.5.conv3.weight"), -0.028483444, 2.7544317);
                    sums(type, gradient(network, "rpn.conv.weight"), 44.685924, 192.29093);
                    sums(type, gradient(network, "backbone.layer4.0.downsample.0.weight"), 0.67772735, 36.936666);
                }
            }
            afterThreeSteps(network, type);
            found(network, type, 0, 64, 15595.723, 36.93065, 0.9459842, 0.94180134, 0.93737634, 0.93339839, 0.93221437);
            found(network, type, 1, 54, 11491.166, 28.392782, 0.94793911, 0.92986434);
            preciseStatistics(network, type);
        }
    }

    private static Map<String, Double> step(DetectorLearner learner, int s, ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            Tensor pictures = Drawn.batch(1500 + 10L * s, type, 0, 1);
            return learner.step(new DetectorLearner.Views(pictures, Drawn.SIZES, Drawn.TRUTHS), 0.002, Drawn.FIRST);
        }
    }

    private static void afterThreeSteps(FasterRcnn network, ScalarType type) {
        sums(type, Drawn.parameter(network, "backbone.conv1.weight"), -1.8463654, 115.98116, 0.12134893, 0.017764617);
        Goldens.values(
                Drawn.parameter(network, "backbone.bn1.weight").narrow(0, 0, 4),
                2e-6,
                1.0001445,
                0.99998008,
                0.9996412,
                0.99946681);
        sums(type, Drawn.parameter(network, "rpn.conv.weight"), 4.4092531, 2168.2985);
        near(Drawn.parameter(network, "rpn.deltas.bias").abs().sum().item_double(), 0.00029976557, wide(type));
        sums(type, Drawn.parameter(network, "backbone.layer4.2.conv3.weight"), 23.79859, 2503.1673, 0.07996648);
        sums(type, Drawn.parameter(network, "head.norm.bias"), -0.0016126827, 0.046079786);
        sums(type, Drawn.parameter(network, "head.scores.weight"), 1.4170175, 31.827779, 0.019872776);
        sums(type, Drawn.parameter(network, "head.deltas.weight"), -0.12613651, 18.923497);
        Goldens.values(
                Drawn.parameter(network, "head.scores.bias"),
                1e-6,
                -0.0023523804,
                -0.0013566091,
                -0.0018644742,
                0.0055734637);
        statistics(network, type, "backbone.bn1", 0.067356771, 10.781539);
        statistics(network, type, "backbone.layer3.5.bn3", 0.18551547, 117.09955);
        statistics(network, type, "head.norm", 34.911088, 212.73111);
    }

    private static void statistics(FasterRcnn network, ScalarType type, String norm, double mean, double var) {
        double tolerance = type == ScalarType.Double ? 1e-6 : 1e-5;
        Tensor means = Drawn.parameter(network, norm + ".running_mean");
        double size = means.abs().sum().item_double();
        assertThat(means.sum().item_double()).isCloseTo(mean, within(tolerance * size));
        near(Drawn.parameter(network, norm + ".running_var").sum().item_double(), var, tolerance);
    }

    private static void preciseStatistics(FasterRcnn network, ScalarType type) {
        double before = StateDict.parameters(network).values().stream()
                .mapToDouble(x -> x.sum().item_double())
                .sum();
        network.train(true);
        try (PreciseBatchNorm precise = new PreciseBatchNorm(network);
                NoGradGuard guard = new NoGradGuard()) {
            int[][] batches = {{0, 1}, {0}, {0, 1}};
            for (int b = 0; b < 3; b++) {
                int[] images = batches[b];
                Tensor pictures = Drawn.batch(1600 + 10L * b, type, images);
                network.losses(
                        pictures,
                        Arrays.stream(images).mapToObj(Drawn.SIZES::get).toList(),
                        Arrays.stream(images).mapToObj(Drawn.TRUTHS::get).toList(),
                        Drawn.FIRST);
                precise.add();
            }
            precise.apply();
        }
        statistics(network, type, "backbone.bn1", 0.35107585, 19.289355);
        near(
                Drawn.parameter(network, "backbone.bn1.running_mean")
                        .abs()
                        .sum()
                        .item_double(),
                1.7170058,
                relative(type));
        near(Drawn.parameter(network, "backbone.bn1.running_var").get(0).item_double(), 2.1661144, wide(type));
        statistics(network, type, "backbone.layer3.5.bn3", 0.62756773, 86.314376);
        near(
                Drawn.parameter(network, "backbone.layer3.5.bn3.running_mean")
                        .abs()
                        .sum()
                        .item_double(),
                53.579331,
                relative(type));
        statistics(network, type, "head.norm", 129.18721, 96.06894);
        near(Drawn.parameter(network, "head.norm.running_mean").get(0).item_double(), 0.50729115, wide(type));
        near(Drawn.parameter(network, "head.norm.running_var").get(0).item_double(), 0.36699134, wide(type));
        double after = StateDict.parameters(network).values().stream()
                .mapToDouble(x -> x.sum().item_double())
                .sum();
        assertThat(after).isEqualTo(before);
    }

    /** Detections in evaluation, one image at a time: DET-9 before DET-13. */
    private static void found(
            FasterRcnn network, ScalarType type, int image, int count, double sum, double scores, double... best) {
        network.eval();
        try (PointerScope scope = new PointerScope()) {
            PictureSize size = Drawn.SIZES.get(image);
            Detections found = network.detect(
                            Drawn.batch(1590, type, image).contiguous(),
                            List.of(new PictureSize(size.width() * 3 / 2, size.height() * 2)))
                    .get(0);
            assertThat(found.size()).isEqualTo(count);
            double tolerance = type == ScalarType.Double ? 1e-6 : 1e-4;
            assertThat(Arrays.stream(found.scores()).sum()).isCloseTo(scores, within(tolerance * count));
            assertThat(Drawn.sum(found.boxes()))
                    .isCloseTo(sum, within((type == ScalarType.Double ? 1e-5 : 5e-4) * 4 * count));
            assertThat(Arrays.copyOf(found.scores(), best.length)).containsExactly(best, within(tolerance));
        }
    }
}
