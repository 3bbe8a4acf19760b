package io.juxta.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each piece against what one would write down without a thought for time, on random boxes and odd ones. */
class SlowBoxTest {
    private final Random random = new Random(7);

    /** Half of them on whole numbers, so that overlaps and scores are equal now and then; some outside, some of no size. */
    private Boxes odd(int n) {
        double[] xyxy = new double[4 * n];
        for (int i = 0; i < n; i++) {
            double x = random.nextInt(90) - 20;
            double y = random.nextInt(90) - 20;
            double w = random.nextInt(5) == 0 ? 0 : random.nextInt(40);
            double h = random.nextInt(5) == 0 ? 0 : random.nextInt(40);
            double shift = i % 2 == 0 ? 0 : random.nextDouble();
            xyxy[4 * i] = x + shift;
            xyxy[4 * i + 1] = y;
            xyxy[4 * i + 2] = x + w + shift;
            xyxy[4 * i + 3] = y + h;
        }
        return Boxes.of(xyxy);
    }

    private double[] fewScores(int n) {
        return IntStream.range(0, n).mapToDouble(i -> random.nextInt(6) / 6.0).toArray();
    }

    @Test
    void overlapOfWholeBoxesIsWhatCountingPixelsGives() {
        Boxes boxes = odd(60);
        for (int i = 0; i < 60; i += 2) {
            for (int j = 0; j < 60; j += 2) {
                int both = 0;
                int either = 0;
                for (int x = -21; x < 120; x++) {
                    for (int y = -21; y < 120; y++) {
                        boolean a = holds(boxes, i, x, y);
                        boolean b = holds(boxes, j, x, y);
                        both += a && b ? 1 : 0;
                        either += a || b ? 1 : 0;
                    }
                }
                assertThat(boxes.iou(i, boxes, j)).isEqualTo(both == 0 ? 0 : (double) both / either);
            }
        }
    }

    private static boolean holds(Boxes boxes, int i, int x, int y) {
        return x >= boxes.x1(i) && x < boxes.x2(i) && y >= boxes.y1(i) && y < boxes.y2(i);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 50, 300})
    void suppressionCrossesOut(int n) {
        for (double threshold : new double[] {0, 0.3, 0.5, 1}) {
            Boxes boxes = odd(n);
            double[] scores = fewScores(n);
            List<Integer> left = new ArrayList<>(IntStream.range(0, n).boxed().toList());
            left.sort(Comparator.comparingDouble(i -> -scores[i]));
            List<Integer> kept = new ArrayList<>();
            while (!left.isEmpty()) {
                int best = left.remove(0);
                kept.add(best);
                left.removeIf(other -> boxes.iou(best, boxes, other) > threshold);
            }
            assertThat(NonMaxSuppression.keep(boxes, scores, threshold, n))
                    .containsExactly(kept.stream().mapToInt(i -> i).toArray());
            assertThat(NonMaxSuppression.keep(boxes, scores, threshold, 3))
                    .containsExactly(kept.stream().limit(3).mapToInt(i -> i).toArray());
        }
    }

    /** A hundred thousand boxes have no matrix of overlaps: it would take 80 GB. */
    @Test
    void suppressionOfManyNeedsLittleMemory() {
        Boxes boxes = odd(100_000);
        assertThat(NonMaxSuppression.keep(boxes, fewScores(100_000), 0.01, 100)).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 9})
    void matcherReadsTheWholeMatrix(int truths) {
        for (Matcher matcher : List.of(Matcher.OF_ANCHORS, Matcher.OF_PROPOSALS, new Matcher(0.1, 0.2, true))) {
            Boxes candidates = odd(80);
            Boxes gt = odd(truths);
            Matcher.Matches matches = matcher.match(gt, candidates);
            for (int c = 0; c < 80; c++) {
                double best = 0;
                int nearest = 0;
                boolean isBest = false;
                for (int t = 0; t < truths; t++) {
                    double iou = gt.iou(t, candidates, c);
                    if (iou > best) {
                        best = iou;
                        nearest = t;
                    }
                    int truth = t;
                    isBest |= IntStream.range(0, 80).allMatch(other -> gt.iou(truth, candidates, other) <= iou);
                }
                int label = best >= matcher.high() ? 1 : best >= matcher.low() ? -1 : 0;
                assertThat(matches.truth()[c]).isEqualTo(nearest);
                assertThat(matches.label()[c]).isEqualTo((byte) (matcher.bestOfEach() && isBest ? 1 : label));
            }
        }
    }

    @Test
    void whatIsEncodedIsDecoded() {
        for (BoxCoder coder : List.of(BoxCoder.OF_PROPOSALS, BoxCoder.OF_DETECTIONS)) {
            Boxes from = Drawn.boxes(21, 40, 100, 80);
            Boxes to = Drawn.boxes(22, 40, 100, 80);
            double[] deltas = new double[160];
            for (int i = 0; i < 40; i++) {
                coder.encode(from, i, to, i, deltas, 4 * i);
            }
            assertThat(coder.decode(deltas, from).toArray()).containsExactly(to.toArray(), within(1e-10));
        }
        assertThat(BoxCoder.OF_PROPOSALS.decode(new double[0], Boxes.NONE).isEmpty())
                .isTrue();
    }

    @Test
    void samplerTakesEachOnceAndOnlyWhatCounts() {
        for (int round = 0; round < 50; round++) {
            byte[] labels = new byte[random.nextInt(60)];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) (random.nextInt(3) - 1);
            }
            int objects = (int) IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == 1)
                    .count();
            int others = (int) IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == 0)
                    .count();
            Chance chance = Chance.of(round, 5, 3);
            BalancedSampler.Sample sample = new BalancedSampler(16, 0.25)
                    .draw(
                            labels,
                            n -> chance.permutation(0, Chance.Pick.ANCHORS_OF_OBJECTS, n),
                            n -> chance.permutation(0, Chance.Pick.ANCHORS_OF_BACKGROUND, n));
            assertThat(sample.objects()).hasSize(Math.min(4, objects)).doesNotHaveDuplicates();
            assertThat(sample.background())
                    .hasSize(Math.min(16 - Math.min(4, objects), others))
                    .doesNotHaveDuplicates();
            assertThat(Arrays.stream(sample.objects())).allMatch(i -> labels[i] == 1);
            assertThat(Arrays.stream(sample.background())).allMatch(i -> labels[i] == 0);
        }
    }

    /** Sample by sample, with a loop for everything. */
    @Test
    void roiAlignInterpolatesSampleBySample() {
        Torch.seed(3);
        Tensor features = torch.randn(2, 3, 7, 9).to(ScalarType.Double);
        double[] map = Goldens.values(features);
        List<Boxes> boxes = List.of(
                Boxes.join(List.of(odd(12), Boxes.of(-300, -300, 400, 500, 2000, 2000, 2100, 2100))),
                Boxes.of(3, 4, 3, 20));
        double[] pooled = Goldens.values(new RoiAlign(5, 1.0 / 8).forward(features, boxes));
        int at = 0;
        for (int n = 0; n < 2; n++) {
            for (int r = 0; r < boxes.get(n).size(); r++) {
                for (int c = 0; c < 3; c++) {
                    for (int y = 0; y < 5; y++) {
                        for (int x = 0; x < 5; x++) {
                            double expected = bin(map, (n * 3 + c) * 63, boxes.get(n), r, x, y);
                            assertThat(pooled[at++]).isCloseTo(expected, within(1e-12));
                        }
                    }
                }
            }
        }
        assertThat(at).isEqualTo(pooled.length);
    }

    private static double bin(double[] map, int from, Boxes boxes, int r, int x, int y) {
        double w = boxes.width(r) / 8 / 5;
        double h = boxes.height(r) / 8 / 5;
        int gx = (int) Math.ceil(w);
        int gy = (int) Math.ceil(h);
        double sum = 0;
        for (int j = 0; j < gy; j++) {
            for (int i = 0; i < gx; i++) {
                double sx = boxes.x1(r) / 8 - 0.5 + (x + (i + 0.5) / gx) * w;
                double sy = boxes.y1(r) / 8 - 0.5 + (y + (j + 0.5) / gy) * h;
                if (sx >= -1 && sx <= 9 && sy >= -1 && sy <= 7) {
                    double px = Math.min(Math.max(sx, 0), 8);
                    double py = Math.min(Math.max(sy, 0), 6);
                    int left = Math.min((int) px, 7);
                    int top = Math.min((int) py, 5);
                    for (int dy = 0; dy < 2; dy++) {
                        for (int dx = 0; dx < 2; dx++) {
                            double weight =
                                    (dx == 0 ? 1 - (px - left) : px - left) * (dy == 0 ? 1 - (py - top) : py - top);
                            sum += weight * map[from + (top + dy) * 9 + left + dx];
                        }
                    }
                }
            }
        }
        return sum / Math.max(gx * gy, 1);
    }

    /** The gradient is that of differences. */
    @Test
    void roiAlignHasTheGradientOfDifferences() {
        Torch.seed(4);
        Tensor features = torch.randn(1, 2, 5, 6).to(ScalarType.Double).set_requires_grad(true);
        List<Boxes> boxes = List.of(Boxes.of(-9, 3, 40, 33.3, 5, 5, 6, 6));
        Tensor weights = torch.randn(2, 2, 4, 4).to(ScalarType.Double);
        RoiAlign align = new RoiAlign(4, 1.0 / 8);
        align.forward(features, boxes).mul(weights).sum().backward();
        double[] gradient = Goldens.values(features.grad());
        for (int k = 0; k < 60; k += 7) {
            double[] moved = Goldens.values(features);
            moved[k] += 1;
            Tensor other = Tensor.create(moved, 1, 2, 5, 6);
            double change = align.forward(other, boxes)
                    .sub(align.forward(features.detach(), boxes))
                    .mul(weights)
                    .sum()
                    .item_double();
            assertThat(gradient[k]).isCloseTo(change, within(1e-10));
        }
    }

    @Test
    void noBoxAtAllGivesNothingThatStillHasAGradient() {
        Tensor features = torch.randn(2, 3, 4, 4).set_requires_grad(true);
        Tensor pooled = new RoiAlign(14, 1.0 / 16).forward(features, List.of(Boxes.NONE, Boxes.NONE));
        assertThat(StateDict.shape(pooled)).isEqualTo("(0, 3, 14, 14)");
        pooled.sum().backward();
        assertThat(features.grad().abs().sum().item_double()).isZero();
    }

    /** Class by class, box by box. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 40})
    void detectionTakesTheBestOfEachClass(int R) {
        int K = 3;
        Boxes boxes = odd(R * K);
        double[] likelihood = new double[R * (K + 1)];
        for (int i = 0; i < likelihood.length; i++) {
            likelihood[i] = random.nextInt(11) / 10.0;
        }
        PictureSize size = new PictureSize(60, 50);
        Detections found = BoxHead.detect(likelihood, boxes, K, size, new BoxHead.Limits(0.3, 0.5, 10));

        List<int[]> expected = new ArrayList<>();
        Boxes clipped = boxes.clip(60, 50);
        for (int k = 0; k < K; k++) {
            int ofClass = k;
            List<Integer> left = new ArrayList<>(IntStream.range(0, R)
                    .filter(r -> likelihood[r * (K + 1) + ofClass] > 0.3)
                    .boxed()
                    .toList());
            left.sort(Comparator.comparingDouble(r -> -likelihood[r * (K + 1) + ofClass]));
            while (!left.isEmpty()) {
                int best = left.remove(0);
                expected.add(new int[] {best * K + k, best, k});
                left.removeIf(r -> clipped.iou(best * K + ofClass, clipped, r * K + ofClass) > 0.5);
            }
        }
        expected.sort(Comparator.<int[]>comparingDouble(e -> -likelihood[e[1] * (K + 1) + e[2]])
                .thenComparingInt(e -> e[0]));
        int[] places = expected.stream().limit(10).mapToInt(e -> e[0]).toArray();
        assertThat(found.boxes()).isEqualTo(clipped.select(places));
        assertThat(found.classes())
                .containsExactly(Arrays.stream(places).map(p -> p % K).toArray());
    }

    @Test
    void whatIsNoNumberFailsTrainingAndIsLeftOutOfDetection() {
        Boxes boxes = Boxes.of(0, 0, 10, 10, Double.NaN, 0, 5, 5, 20, 20, 30, Double.POSITIVE_INFINITY, 30, 30, 40, 40);
        double[] logits = {1, 2, 3, Double.NaN};
        RegionProposals.Limits limits = new RegionProposals.Limits(10, 10, 0.7);
        PictureSize size = new PictureSize(50, 50);
        assertThatThrownBy(() -> RegionProposals.best(boxes, logits, size, limits, true))
                .isInstanceOf(ArithmeticException.class);
        assertThat(RegionProposals.best(boxes, logits, size, limits, false).boxes())
                .isEqualTo(Boxes.of(0, 0, 10, 10));
    }

    /** Pictures without objects, and with a single proposal, have losses and gradients that are numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50"})
    void anyNetworkLearnsFromWhateverThereIs(String arch) {
        Torch.seed(5);
        FasterRcnn network = new FasterRcnn(new DetectorOptions(arch, 8, 16, 32, 8, 50, 1, 50, 1, 0.05, 100), 2);
        network.train(true);
        Tensor pictures = torch.randn(2, 3, 48, 64);
        List<PictureSize> sizes = List.of(new PictureSize(64, 48), new PictureSize(40, 48));
        List<List<LabelledBoxes>> cases = List.of(
                List.of(LabelledBoxes.of(Boxes.NONE), LabelledBoxes.of(Boxes.NONE)),
                List.of(LabelledBoxes.of(Boxes.of(3, 3, 30, 40), 1), LabelledBoxes.of(Boxes.NONE)),
                List.of(
                        LabelledBoxes.of(Boxes.of(0, 0, 64, 48, 0, 0, 64, 48), 0, 1),
                        LabelledBoxes.of(Boxes.of(5, 5, 5.5, 5.5), 1)));
        for (List<LabelledBoxes> truths : cases) {
            network.zero_grad(true);
            FasterRcnn.Losses losses = network.losses(pictures, sizes, truths, Chance.of(1, 2, 0));
            losses.total().backward();
            assertThat(losses.total().item_double()).isPositive().isFinite();
            StateDict.parameters(network)
                    .forEach((name, parameter) -> assertThat(
                                    parameter.grad().isfinite().all().item_bool())
                            .as(name)
                            .isTrue());
        }
        network.eval();
        Detections found = network.detect(pictures.narrow(0, 0, 1), List.of(new PictureSize(128, 96)))
                .get(0);
        assertThat(found.size()).isLessThanOrEqualTo(2);
        assertThatThrownBy(() -> new FasterRcnn(DetectorOptions.c4(arch, 8), 0)).hasMessageContaining("0 classes");
    }
}
