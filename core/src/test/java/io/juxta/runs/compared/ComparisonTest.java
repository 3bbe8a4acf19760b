package io.juxta.runs.compared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    /** Wilson's interval of 7 of 10, and of none and all, as statsmodels gives it (proportion_confint). */
    @Test
    void sharesOfImages() {
        Score seven = Score.ofImages(7, 10);
        assertThat(seven.mean()).isCloseTo(70, within(1e-9));
        assertThat(seven.low()).isCloseTo(39.6775, within(1e-3));
        assertThat(seven.high()).isCloseTo(89.2209, within(1e-3));
        assertThat(Score.ofImages(0, 10).high()).isCloseTo(27.7533, within(1e-3));
        assertThat(Score.ofImages(0, 10).low()).isZero();
        assertThat(Score.ofImages(10, 10).low()).isCloseTo(72.2467, within(1e-3));
    }

    /** 1, 2, 3, 4, 5: a mean of 3, and 2.776 standard errors of 0.7071 around it. */
    @Test
    void meansOfDraws() {
        Score of = Score.ofDraws(new double[] {11, 12, 13, 14, 15});
        assertThat(of.mean()).isEqualTo(13);
        assertThat(of.half()).isCloseTo(2.776 * Math.sqrt(2.5 / 5), within(1e-9));
        assertThat(of.trials()).isEqualTo(5);
        assertThat(Score.ofDraws(new double[] {50}).low()).isZero();
        assertThat(Score.ofDraws(new double[] {50}).high()).isEqualTo(100);
    }

    /** Of two that are equally good the interval holds 0 about as often as it says. */
    @Test
    void leadsAreSureAboutAsOftenAsTheySay() {
        Random random = new Random(3);
        int sure = 0;
        for (int trial = 0; trial < 1000; trial++) {
            boolean[] one = new boolean[200];
            boolean[] other = new boolean[200];
            for (int i = 0; i < 200; i++) {
                double hard = random.nextDouble();
                one[i] = random.nextDouble() < hard;
                other[i] = random.nextDouble() < hard;
            }
            sure += Lead.of(one, other).isSure() ? 1 : 0;
        }
        assertThat(sure).isBetween(25, 70);
    }

    @Test
    void aLeadIsOfPairs() {
        boolean[] one = new boolean[100];
        boolean[] other = new boolean[100];
        Arrays.fill(one, 0, 80, true);
        Arrays.fill(other, 0, 60, true);
        Lead lead = Lead.of(one, other);
        assertThat(lead.points()).isCloseTo(20, within(1e-9));
        assertThat(lead.isSure()).isTrue();
        assertThat(Lead.of(other, one).points()).isCloseTo(-20, within(1e-9));
        assertThat(Lead.of(one, one).isSure()).isFalse();
        assertThatThrownBy(() -> Lead.of(one, new boolean[3])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void drawsHaveSoManyOfEach() {
        long[] labels = LongStream.range(0, 100).map(i -> i % 7).toArray();
        for (int seed = 0; seed < 5; seed++) {
            long[] drawn = Contest.drawn(labels, 7, 10, seed);
            assertThat(drawn).hasSize(70).doesNotHaveDuplicates();
            for (int c = 0; c < 7; c++) {
                int of = c;
                assertThat(Arrays.stream(drawn)
                                .filter(i -> labels[(int) i] == of)
                                .count())
                        .isEqualTo(10);
            }
        }
        assertThat(Contest.drawn(labels, 7, 10, 1)).isNotEqualTo(Contest.drawn(labels, 7, 10, 2));
        assertThat(Contest.drawn(labels, 7, 15, 0)).isEmpty();
    }

    private static Contender of(String name, Contender.Kind kind, int right) {
        boolean[] answers = new boolean[200];
        Arrays.fill(answers, 0, right, true);
        return new Contender(name, kind, Map.of(Contest.LINEAR, Score.ofImages(right, 200)), answers);
    }

    @Test
    void theVerdictIsOneSentence() {
        Contender pixels = of("pixels (32 px)", Contender.Kind.PIXELS, 60);
        Contender good = of("runs/good", Contender.Kind.ENCODER, 150);
        Contender near = of("runs/near", Contender.Kind.ENCODER, 149);
        assertThat(new Comparison(List.of(pixels, good), 500, 200).verdict())
                .isEqualTo(
                        "runs/good is better than pixels (32 px): 75.0 % against 30.0 % by the linear classifier, a lead of"
                                + " 45.0 points (38.0 to 52.0) on 200 images.");
        assertThat(new Comparison(List.of(pixels, near, good), 500, 200).verdict())
                .isEqualTo("200 held-out images do not suffice to say which is better, runs/good (75.0 % by the linear"
                        + " classifier) or runs/near (74.5 %): the lead is 0.5 points (-1.2 to 2.2); it leads pixels (32 px) by"
                        + " 45.0 points (38.0 to 52.0).");
        assertThat(new Comparison(
                                List.of(
                                        of("pixels", Contender.Kind.PIXELS, 150),
                                        of("run", Contender.Kind.ENCODER, 60)),
                                500,
                                200)
                        .verdict())
                .endsWith("; no encoder beats it.");
        assertThat(new Comparison(List.of(pixels, good, of("x".repeat(60), Contender.Kind.ENCODER, 3)), 500, 200)
                        .lines())
                .hasSize(4)
                .allMatch(line -> line.length() <= 80)
                .contains("runs/good           75.0 ±6.0");
    }
}
