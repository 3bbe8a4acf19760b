package io.juxta.detect;

import static io.juxta.detect.Drawn.GT0;
import static io.juxta.detect.Drawn.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.PictureSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Anchors, coder, matcher, sampler and suppression against numbers of detectron2 (commit 02b5c4e), which are doubles here always. */
class BoxGoldenTest {
    private static final Boxes ANCHORS = Anchors.C4.grid(3, 4);

    /** DET-1. */
    @Test
    void anchors() {
        assertThat(ANCHORS.size()).isEqualTo(180);
        row(ANCHORS, 0, -22.627417, -11.313708, 22.627417, 11.313708);
        row(ANCHORS, 1, -16, -16, 16, 16);
        row(ANCHORS, 14, -181.01934, -362.03867, 181.01934, 362.03867);
        row(ANCHORS, 15, -6.627417, -11.313708, 38.627417, 11.313708);
        row(ANCHORS, 179, -133.01934, -330.03867, 229.01934, 394.03867);
        near(Drawn.sum(ANCHORS), 14400, 1e-9);
        near(Drawn.abs(ANCHORS.toArray()), 75999.574, 1e-8);
        near(Arrays.stream(ANCHORS.toArray()).map(x -> x * x).sum(), 15141888, 1e-7);
    }

    /** DET-2. */
    @Test
    void coder() {
        Boxes from = Drawn.boxes(1201, 6, 96, 64);
        Boxes to = Drawn.boxes(1202, 6, 96, 64);
        double[] plain = encode(BoxCoder.OF_PROPOSALS, from, to);
        near(Arrays.stream(plain).sum(), 11.50257, 1e-6);
        near(Drawn.abs(plain), 28.2837, 1e-6);
        first(plain, -0.23687865, -0.97687151, 1.0445452, -0.79742535);
        double[] weighed = encode(BoxCoder.OF_DETECTIONS, from, to);
        near(Arrays.stream(weighed).sum(), 91.324943, 1e-7);
        near(Drawn.abs(weighed), 248.22895, 1e-7);
        first(weighed, -2.3687865, -9.7687151, 5.2227258, -3.9871267);

        double[] deltas = Drawn.values(1203, 48, 3);
        deltas[2] = 50;
        deltas[7] = -50;
        deltas[8 + 6] = 4.2;
        Boxes proposals = BoxCoder.OF_PROPOSALS.decode(deltas, from);
        near(Drawn.sum(proposals), 2518.1814, 1e-7);
        near(Drawn.abs(proposals.toArray()), 4486.7033, 1e-7);
        row(proposals, 0, -312.51118, 78.338386, 465.7234, 86.511761);
        row(proposals, 1, 55.216162, -18.845586, 55.885641, -18.845586);
        Boxes detections = BoxCoder.OF_DETECTIONS.decode(deltas, from);
        near(Drawn.sum(detections), 2241.1093, 1e-7);
        near(Drawn.abs(detections.toArray()), 2907.999, 1e-7);
        row(detections, 0, -333.44484, 41.950535, 444.78974, 61.044137);
        row(detections, 1, 50.097153, 41.369734, 57.036711, 41.370806);
    }

    /** DET-3, the table. */
    @Test
    void matcher() {
        double[][] quality = {
            {.1, .3, .7, .65, 0, .2, .5, .29}, {.2, .25, .1, .6, .25, .05, .5, .29}, {0, .1, 0, .1, .2, .2, 0, .1}
        };
        Matcher.Matches matches = Matcher.OF_ANCHORS.match(3, 8, (t, c) -> quality[t][c]);
        assertThat(matches.truth()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0);
        assertThat(matches.label()).containsExactly(0, -1, 1, 1, 1, 1, -1, 0);
        Matcher.Matches untouched = Matcher.OF_ANCHORS.match(4, 8, (t, c) -> t == 3 ? 0 : quality[t][c]);
        assertThat(untouched.truth()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0);
        assertThat(untouched.label()).containsOnly(1);
        Matcher.Matches none = Matcher.OF_ANCHORS.match(0, 8, (t, c) -> 1);
        assertThat(none.truth()).containsOnly(0);
        assertThat(none.label()).containsOnly(0);
        assertThat(Matcher.OF_PROPOSALS.match(3, 8, (t, c) -> quality[t][c]).label())
                .containsExactly(0, 0, 1, 1, 0, 0, 1, 0);
    }

    /** DET-3, the anchors. */
    @Test
    void anchorsAndTruths() {
        double all = 0;
        double[] best = new double[2];
        for (int t = 0; t < 2; t++) {
            for (int a = 0; a < 180; a++) {
                all += GT0.iou(t, ANCHORS, a);
                best[t] = Math.max(best[t], GT0.iou(t, ANCHORS, a));
            }
        }
        near(all, 38.574654, 1e-7);
        assertThat(best).containsExactly(new double[] {0.53894737, 0.59190702}, within(1e-8));
        Matcher.Matches matches = Matcher.OF_ANCHORS.match(GT0, ANCHORS);
        assertThat(where(matches, 1)).containsExactly(151, 169);
        assertThat(matches.truth()[151]).isEqualTo(0);
        assertThat(matches.truth()[169]).isEqualTo(1);
        assertThat(where(matches, -1)).hasSize(20);
        assertThat(where(matches, 0)).hasSize(158);
        Boxes three = Boxes.join(List.of(GT0, Boxes.of(56, 56, 72, 72)));
        Matcher.Matches more = Matcher.OF_ANCHORS.match(three, ANCHORS);
        assertThat(where(more, 1)).containsExactly(151, 169, 170);
        assertThat(three.iou(2, ANCHORS, 170)).isCloseTo(0.056833626, within(1e-9));
        assertThat(more.truth()[170]).isEqualTo(1);
        assertThat(where(more, -1)).hasSize(19);
        Boxes outside = Boxes.join(List.of(GT0.select(0), Boxes.of(1000, 1000, 1010, 1010)));
        assertThat(where(Matcher.OF_ANCHORS.match(outside, ANCHORS), 1)).hasSize(180);
    }

    /** DET-3, the sampler. */
    @Test
    void sampler() {
        byte[] labels = {0, 1, -1, 0, 1, 0, 0, 1, 1, -1, 1, 0, 1, 0, 0, 0};
        sampled(labels, 8, 0.5, new int[] {1, 4, 7, 8}, 0, 3, 5, 6);
        sampled(labels, 12, 0.25, new int[] {1, 4, 7}, 0, 3, 5, 6, 11, 13, 14, 15);
        sampled(labels, 20, 0.5, new int[] {1, 4, 7, 8, 10, 12}, 0, 3, 5, 6, 11, 13, 14, 15);
    }

    private static void sampled(byte[] labels, int n, double share, int[] objects, int... background) {
        BalancedSampler.Sample sample = new BalancedSampler(n, share)
                .draw(
                        labels,
                        k -> IntStream.range(0, k).toArray(),
                        k -> IntStream.range(0, k).toArray());
        assertThat(sample.objects()).containsExactly(objects);
        assertThat(sample.background()).containsExactly(background);
    }

    /** DET-5: places among the 40 boxes, found again by their coordinates. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.7, 40, 40, 12 23 18 13 17 20 10 16 2 26 33 4 34 22 11 27 21 39 38 15 24 28 29 8 6 0 37 32 36 30 31 35 1 25 5 19, 5610.264",
        "1, 0.7, 40, 40, 4 22 18 33 11 24 31 36 13 26 34 16 6 12 38 15 19 25 8 21 35 10 1 39 28 20 2 5 17 30 0 23 29 27, 5044.2073",
        "0, 0.3, 40, 40, 12 23 18 20 16 26 33 4 34 22 11 21 15 24 28 6 37 36 31 35 5 19, 0",
        "1, 0.3, 40, 40, 4 22 18 33 24 31 34 16 6 38 15 19 8 21 20 5 30 29 27, 0",
        "0, 0.3, 25, 8, 12 23 18 20 16 26 33 4, 0",
        "1, 0.3, 25, 8, 4 22 18 33 24 31 34 16, 0",
    })
    void proposals(int image, double threshold, int before, int after, String kept, double sum) {
        PictureSize size = Drawn.SIZES.get(image);
        double[] xyxy =
                Drawn.boxes(1230 + image, 40, size.width(), size.height()).toArray();
        put(xyxy, 3, -20, -10, -5, 30);
        put(xyxy, 7, 100, 10, 120, 30);
        put(xyxy, 9, 10, 20, 40, 20);
        put(xyxy, 12, 10, 10, 50, 50);
        put(xyxy, 13, 10, 10, 50, 38);
        put(xyxy, 14, 10, 10, 50, 39);
        double[] logits = Arrays.copyOfRange(Drawn.values(1232, 80, 3), 40 * image, 40 * image + 40);

        RegionProposals.Proposals proposals = RegionProposals.best(
                Boxes.of(xyxy), logits, size, new RegionProposals.Limits(before, after, threshold), true);

        int[] places =
                Arrays.stream(kept.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(proposals.boxes())
                .isEqualTo(Boxes.of(xyxy).clip(size.width(), size.height()).select(places));
        assertThat(proposals.logits())
                .containsExactly(
                        Arrays.stream(places).mapToDouble(i -> logits[i]).toArray());
        if (sum > 0) {
            near(Drawn.sum(proposals.boxes()), sum, 1e-7);
        }
    }

    /** DET-9, the last step of detection alone. */
    @Test
    void detections() {
        double[] eight = Drawn.boxes(1270, 8, 96, 64).toArray();
        double[] shift = Drawn.values(1271, 96, 3);
        double[] boxes = new double[96];
        for (int i = 0; i < 96; i++) {
            boxes[i] = eight[i / 12 * 4 + i % 4] + shift[i];
        }
        double[] scores = Numbers.of(torch.softmax(Tensor.create(Drawn.values(1272, 32, 3), 8, 4), 1));

        Detections found =
                BoxHead.detect(scores, Boxes.of(boxes), 3, new PictureSize(96, 64), new BoxHead.Limits(0.05, 0.5, 100));

        Boxes clipped = Boxes.of(boxes).clip(96, 64);
        List<Integer> rows = new ArrayList<>();
        for (int d = 0; d < found.size(); d++) {
            for (int i = 0; i < 24; i++) {
                if (clipped.select(i).equals(found.boxes().select(d))) {
                    rows.add(i / 3);
                }
            }
        }
        assertThat(rows).containsExactly(3, 1, 5, 0, 6, 2, 7, 2, 7, 0, 4, 7, 5, 2, 4, 6);
        assertThat(found.classes()).containsExactly(0, 1, 0, 2, 1, 2, 0, 1, 2, 1, 2, 1, 1, 0, 1, 0);
        near(Arrays.stream(found.scores()).sum(), 6.491353, 1e-6);
        near(Drawn.sum(found.boxes()), 2968.4327, 1e-7);
    }

    private static void put(double[] xyxy, int row, double... box) {
        System.arraycopy(box, 0, xyxy, 4 * row, 4);
    }

    private static int[] where(Matcher.Matches matches, int label) {
        return IntStream.range(0, matches.label().length)
                .filter(i -> matches.label()[i] == label)
                .toArray();
    }

    private static double[] encode(BoxCoder coder, Boxes from, Boxes to) {
        double[] deltas = new double[4 * from.size()];
        for (int i = 0; i < from.size(); i++) {
            coder.encode(from, i, to, i, deltas, 4 * i);
        }
        return deltas;
    }

    private static void row(Boxes boxes, int i, double... expected) {
        first(boxes.select(i).toArray(), expected);
    }

    private static void first(double[] values, double... expected) {
        for (int k = 0; k < expected.length; k++) {
            assertThat(values[k]).isCloseTo(expected[k], within(1e-7 * Math.max(1, Math.abs(expected[k]))));
        }
    }
}
