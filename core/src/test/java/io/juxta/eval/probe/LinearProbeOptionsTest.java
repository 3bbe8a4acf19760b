package io.juxta.eval.probe;

import static io.juxta.train.LearningRate.Schedule.COSINE;
import static io.juxta.train.LearningRate.Schedule.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.eval.probe.LinearProbeOptions.Mode;
import io.juxta.eval.probe.LinearProbeOptions.Protocol;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearProbeOptionsTest {
    @Test
    void optionsComeFromARecipe() {
        assertThat(Recipe.defaults(LinearProbeOptions.class)).isEqualTo(LinearProbeOptions.defaults());
        assertThat(Recipe.parse("probe-epochs: 5\nprobe-mode: cached\nprobe-schedule: [3, 4]", "r")
                        .bind(LinearProbeOptions.class))
                .isEqualTo(new LinearProbeOptions(
                        Protocol.MOCO, 5, 30, 0.9, 0, STEP, List.of(3, 4), 256, false, Mode.CACHED, 0, false, true));
    }

    @Test
    void oneWordAsksForSwavsProtocol() {
        LinearProbeOptions swav = LinearProbeOptions.of(List.of("probe-protocol=swav"));
        assertThat(swav)
                .isEqualTo(new LinearProbeOptions(
                        Protocol.SWAV,
                        100,
                        0.3,
                        0.9,
                        1e-6,
                        COSINE,
                        List.of(60, 80),
                        256,
                        false,
                        Mode.AUGMENTED,
                        0,
                        false,
                        true));
        for (int epoch = 0; epoch < 100; epoch++) {
            assertThat(swav.lr(epoch)).isCloseTo(0.15 * (1 + Math.cos(Math.PI * epoch / 100)), within(1e-15));
        }
        assertThat(swav.said()).isEqualTo("SwAV's protocol: augmented training images");
        assertThat(LinearProbeOptions.defaults().said()).isEqualTo("MoCo's protocol: augmented training images");
    }

    @Test
    void singleKeysPrevailOverTheProtocol() {
        LinearProbeOptions options =
                LinearProbeOptions.of(List.of("probe-lr=2", "probe-lr-schedule=step", "probe-protocol=swav"));
        assertThat(options.lr(0)).isEqualTo(2);
        assertThat(options.lr(60)).isCloseTo(0.2, within(1e-12));
        assertThat(options.weightDecay()).isEqualTo(1e-6);
        assertThatThrownBy(() -> LinearProbeOptions.of(List.of("probe-lrr=2")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("unknown key 'probe-lrr'; did you mean 'probe-lr'?");
        assertThatThrownBy(() -> LinearProbeOptions.of(List.of("probe-protocol=simclr")))
                .isInstanceOf(RecipeException.class)
                .hasMessage("--set probe-protocol=simclr: probe-protocol: expected one of moco, swav, not 'simclr'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "probe-epochs: 0",
                "probe-lr: 0",
                "probe-momentum: 1",
                "probe-weight-decay: -1",
                "probe-batch-size: 0",
                "probe-schedule: [4, 3]",
                "probe-batch-size: 1\nprobe-bn: true",
                "probe-lr-schedule: linear",
                "probe-mode: other"
            })
    void badOptionsAreRefused(String line) {
        assertThatThrownBy(() -> Recipe.parse(line, "r").bind(LinearProbeOptions.class))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(line.substring(0, line.indexOf(':')));
    }
}
