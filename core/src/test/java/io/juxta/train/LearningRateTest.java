package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The learning rate against the original's (golden MOCO-4) and against formulas written out. */
class LearningRateTest {
    private static LearningRate of(String... lines) {
        return Recipe.parse(String.join("\n", lines), "r.yaml").bind(LearningRate.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.03",
        "1, 0.029998149487224908",
        "50, 0.02560660171779821",
        "100, 0.015",
        "199, 1.8505127750911841e-06",
    })
    void cosineIsTheOriginals(int epoch, double lr) {
        LearningRate cosine = of("lr: 0.03", "lr-schedule: cosine");
        for (int batch : new int[] {0, 1, 5003}) {
            assertThat(cosine.at(epoch, batch, 5004, 200)).isCloseTo(lr, within(4e-18));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.03", "119, 0.03", "120, 0.003", "159, 0.003", "160, 0.0003", "199, 0.0003"})
    void stepIsTheOriginals(int epoch, double lr) {
        LearningRate step = of("lr: 0.03", "lr-schedule: step", "milestones: [120, 160]");
        for (int batch : new int[] {0, 1, 5003}) {
            assertThat(step.at(epoch, batch, 5004, 200)).isCloseTo(lr, within(1e-15 * lr));
        }
    }

    /** The notebook counts epochs from 1, so that its last one learns nothing. */
    @Test
    void offsetIsTheNotebooks() {
        LearningRate notebook = of("lr: 0.06", "cosine-offset: 1");
        for (int epoch = 1; epoch <= 200; epoch++) {
            double expected = 0.06 * (0.5 * (1 + Math.cos(Math.PI * epoch / 200)));
            assertThat(notebook.at(epoch - 1, 7, 97, 200)).isCloseTo(expected, within(1e-17));
        }
        assertThat(notebook.at(199, 96, 97, 200)).isEqualTo(0);
    }

    @Test
    void updatesAtEveryIterationAreOneCosineOverAllSteps() {
        LearningRate rate = of("lr: 0.06", "lr-updates: iteration");
        for (int iteration = 0; iteration < 12 * 195; iteration++) {
            double expected = 0.03 * (1 + Math.cos(Math.PI * iteration / (12 * 195)));
            assertThat(rate.at(iteration / 195, iteration % 195, 195, 12)).isCloseTo(expected, within(1e-16));
        }
    }

    @Test
    void milestonesHoldForWholeEpochsEvenWhenUpdatedAtEveryIteration() {
        LearningRate rate = of("lr: 1", "lr-schedule: step", "milestones: [2]", "lr-updates: iteration");
        assertThat(rate.at(1, 99, 100, 3)).isEqualTo(1);
        assertThat(rate.at(2, 0, 100, 3)).isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource({"cosine, epoch", "cosine, iteration", "step, epoch", "constant, iteration"})
    void warmsUpInEqualSteps(String schedule, String updates) {
        LearningRate rate = of(
                "lr: 0.5", "lr-schedule: " + schedule, "lr-updates: " + updates, "warmup-epochs: 3", "milestones: [5]");
        for (int iteration = 0; iteration < 30; iteration++) {
            double expected = 0.5 * (iteration + 1) / 30;
            assertThat(rate.at(iteration / 10, iteration % 10, 10, 8)).isCloseTo(expected, within(1e-15));
        }
        // the warm-up ends at the base rate, and the schedule goes on from there without a jump
        assertThat(rate.at(2, 9, 10, 8)).isCloseTo(0.5, within(1e-15));
        assertThat(rate.at(3, 0, 10, 8)).isCloseTo(0.5, within(1e-15));
    }

    @Test
    void theCosineAfterAWarmUpSpansWhatIsLeft() {
        LearningRate rate = of("lr: 1", "warmup-epochs: 3");
        assertThat(rate.at(3, 0, 10, 7)).isEqualTo(1);
        assertThat(rate.at(5, 0, 10, 7)).isCloseTo(0.5, within(1e-15));
        assertThat(rate.at(6, 0, 10, 7)).isCloseTo(0.5 * (1 + Math.cos(Math.PI * 0.75)), within(1e-15));
    }

    /** Golden SWAV-4: 312 steps in each of 100 epochs, ten of them to warm up. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.3",
        "1, 0.3014427701",
        "3118, 4.79855723",
        "3119, 4.8",
        "3120, 4.8",
        "3121, 4.799999985",
        "17160, 2.4024",
        "31199, 0.004800015006",
    })
    void theWarmUpAndCosineOfSwavAreTheOriginals(int iteration, double lr) {
        LearningRate rate =
                of("lr: 4.8", "final-lr: 0.0048", "warmup-epochs: 10", "warmup-start: 0.3", "lr-updates: iteration");
        assertThat(rate.at(iteration / 312, iteration % 312, 312, 100)).isCloseTo(lr, within(5e-10 * lr));
    }

    @Test
    void aWarmUpOfOneStepIsAtTheBaseRate() {
        LearningRate rate = of("lr: 2", "warmup-epochs: 1", "warmup-start: 0.3");
        assertThat(rate.at(0, 0, 1, 5)).isEqualTo(2);
    }

    @Test
    void firstAndFinalRatesFollowTheBase() {
        LearningRate rate = of("lr: 4", "final-lr: 0.5", "warmup-start: 0.25");
        assertThat(rate.withLr(2)).isEqualTo(of("lr: 2", "final-lr: 0.25", "warmup-start: 0.125"));
    }

    @Test
    void constantStays() {
        LearningRate rate = of("lr: 0.02", "lr-schedule: constant");
        assertThat(rate.at(0, 0, 10, 5)).isEqualTo(0.02);
        assertThat(rate.at(4, 9, 10, 5)).isEqualTo(0.02);
    }

    @Test
    void anotherBaseKeepsTheRest() {
        LearningRate rate = of("lr: 0.03", "lr-schedule: step", "milestones: [1, 2]", "warmup-epochs: 1");
        assertThat(rate.withLr(0.3))
                .isEqualTo(of("lr: 0.3", "lr-schedule: step", "milestones: [1, 2]", "warmup-epochs: 1"));
        assertThat(rate.withLr(0.3).milestones()).isEqualTo(List.of(1, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lr: 0|lr 0.0 must be above 0",
                "lr: -1|lr -1.0 must be above 0",
                "lr: 1000|below 1000",
                "milestones: [-1]|milestones [-1] must not be negative",
                "milestones: [160, 120]|milestones [160, 120] must not be negative and must grow",
                "cosine-offset: 2|cosine-offset 2 must be 0 or 1",
                "final-lr: 0.04|final-lr 0.04 must be from 0 to lr, 0.03",
                "final-lr: -1|final-lr -1.0 must be from 0",
                "warmup-start: 0.04|warmup-start 0.04 must be from 0 to lr, 0.03",
                "warmup-epochs: -1|warmup-epochs -1 must be at least 0",
                "lr-schedule: cosin|cosine",
            })
    void refuses(String line, String message) {
        assertThatThrownBy(() -> of(line))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
