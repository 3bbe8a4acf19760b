package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.DrawnShapes;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.Precision;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loop, with a learner that only counts: 3 epochs of 4 steps. */
class TrainingTest {
    private static final int STEPS = 4;

    private final TrainingOptions options =
            Recipe.parse("epochs: 3\nbatch-size: 5", "r").bind(TrainingOptions.class);
    private final LearningRate rate = Recipe.defaults(LearningRate.class);
    private final TinyLearner learner = new TinyLearner();
    private final Recorder recorder = new Recorder();
    private Loader loader;
    private Training training;

    private static final class Recorder implements Training.Listener {
        final List<Position> steps = new ArrayList<>();
        final Map<Integer, Map<String, Double>> epochs = new LinkedHashMap<>();
        final List<Position> stopped = new ArrayList<>();

        @Override
        public void step(Position after, double lr, Map<String, Double> metrics) {
            steps.add(after);
        }

        @Override
        public void epoch(int epoch, Map<String, Double> metrics) {
            epochs.put(epoch, metrics);
        }

        @Override
        public void stopped(Position at) {
            stopped.add(at);
        }
    }

    @BeforeEach
    void open() {
        loader = Loader.open(
                new DrawnShapes(1, 23, 16),
                List.of(Augmentation.plain(16, Normalization.IMAGENET)),
                LoaderOptions.of(5, 1).withThreads(1));
        training = new Training(options, rate, learner, loader, 1, new Device("cpu"));
    }

    @AfterEach
    void close() {
        loader.close();
        learner.close();
    }

    private boolean run(Position from, BooleanSupplier stop) throws IOException {
        return training.run(from, List.of(recorder), stop);
    }

    private List<Double> losses() {
        return recorder.epochs.values().stream()
                .map(metrics -> metrics.get("loss"))
                .toList();
    }

    @Test
    void everyStepAndEpochIsTold() throws IOException {
        assertThat(run(Position.START, () -> false)).isTrue();
        assertThat(recorder.steps).hasSize(3 * STEPS);
        assertThat(recorder.steps.get(5).isAt(new Position(1, 2, Map.of(), 0, 0)))
                .isTrue();
        assertThat(recorder.epochs.keySet()).containsExactly(0, 1, 2);
        assertThat(recorder.epochs.get(1)).containsKeys("loss", "lr", "seconds", "images_per_second", "waiting_share");
        // the mean of 5 to 8, and of a third of the epoch's rate
        assertThat(recorder.epochs.get(1).get("loss")).isEqualTo((5 + 6 + 7 + 8 + 4 * rate.at(1, 0, STEPS, 3) / 3) / 4);
        assertThat(recorder.stopped).isEmpty();
    }

    @Test
    void stoppedAnywhereItGoesOnToTheSameBits() throws IOException {
        run(Position.START, () -> false);
        List<Double> undisturbed = losses();
        for (int steps = 0; steps < 3 * STEPS; steps++) {
            recorder.epochs.clear();
            recorder.steps.clear();
            int limit = steps;
            try (TinyLearner fresh = new TinyLearner()) {
                Training again = new Training(options, rate, fresh, loader, 1, new Device("cpu"));
                assertThat(again.run(Position.START, List.of(recorder), () -> recorder.steps.size() >= limit))
                        .isFalse();
                Position at = recorder.stopped.get(recorder.stopped.size() - 1);
                assertThat(at.epoch() * STEPS + at.batch()).isEqualTo(steps);
                assertThat(again.run(at, List.of(recorder), () -> false)).isTrue();
                assertThat(weights(fresh)).isEqualTo(weights(learner));
            }
            assertThat(losses()).isEqualTo(undisturbed);
        }
    }

    /** Momentum schedules, shuffles of keys and noise are functions of it; a resumed epoch has the numbers of any other. */
    @Test
    void everyStepKnowsItsPlaceInTheRun() throws IOException {
        LearningRate falling = Recipe.parse("lr-updates: iteration", "r").bind(LearningRate.class);
        List<Step> seen = new ArrayList<>();
        try (TinyLearner watched = new TinyLearner() {
            @Override
            public Map<String, Double> step(List<Tensor> views, Step step) {
                seen.add(step);
                return super.step(views, step);
            }
        }) {
            Training resumed = new Training(options, falling, watched, loader, 1, new Device("cpu"));
            assertThat(resumed.run(new Position(1, 2, Map.of(), 0, 0), List.of(recorder), () -> false))
                    .isTrue();
        }
        assertThat(seen).hasSize(6);
        for (int i = 0; i < 6; i++) {
            Step step = seen.get(i);
            int iteration = 6 + i;
            assertThat(step.iteration()).isEqualTo(iteration);
            assertThat(step.iterations()).isEqualTo(3 * STEPS);
            assertThat(step.epoch()).isEqualTo(iteration / STEPS);
            assertThat(step.lr()).isEqualTo(falling.at(iteration / STEPS, iteration % STEPS, STEPS, 3));
            assertThat(step.images()).hasSize(5);
        }
        assertThat(seen.stream().map(Step::lr)).doesNotHaveDuplicates();
        assertThat(seen.stream().map(Step::images)).doesNotHaveDuplicates();
    }

    private static List<Float> weights(TinyLearner learner) {
        try (PointerScope scope = new PointerScope()) {
            float[] values = new float[6];
            learner.state().get("body.weight").data_ptr_float().get(values);
            return List.of(values[0], values[1], values[2], values[3], values[4], values[5]);
        }
    }

    @Test
    void aStepThatGoesWrongLeavesTheStateBeforeIt() throws IOException {
        learner.spoiled = 7;
        BooleanSupplier never = () -> false;
        assertThatThrownBy(() -> run(Position.START, never))
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("the loss is NaN in epoch 2, step 3 \\(lr .*\\): lower lr, or set warmup-epochs");
        assertThat(recorder.stopped).singleElement().matches(at -> at.epoch() == 1 && at.batch() == 2);
        assertThat(learner.steps()).isEqualTo(6);
        assertThat(weights(learner)).allMatch(Float::isFinite);

        recorder.steps.clear();
        // and it can go on from there
        learner.spoiled = 0;
        assertThat(run(recorder.stopped.get(0), never)).isTrue();
        assertThat(learner.steps()).isEqualTo(3 * STEPS);
        assertThat(recorder.steps).hasSize(3 * STEPS - 6);
    }

    /** The scale halves with each overflow; below 1 it is no use any more, and the run ends before the weights suffer. */
    @Test
    void aLossScaleThatFallsBelowOneEndsTheRun() {
        Device cpu = new Device("cpu");
        GradScaler scaler = new GradScaler(cpu, 4, 2_000);
        try (MixedPrecision precision = new MixedPrecision(Precision.FLOAT32, cpu, Optional.of(scaler));
                TinyLearner overflowing = new TinyLearner() {
                    @Override
                    public Map<String, Double> step(List<Tensor> views, Step step) {
                        Map<String, Double> metrics = super.step(views, step);
                        boolean stepped = scaler.unscale(
                                List.of(torch.full(new long[] {2}, new Scalar(Double.POSITIVE_INFINITY))));
                        precision.tell(stepped, metrics);
                        return metrics;
                    }
                }) {
            Training training = new Training(options, rate, overflowing, loader, 1, cpu);
            assertThatThrownBy(() -> training.run(Position.START, List.of(recorder), () -> false))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageMatching("gradients overflow float16 even at a loss scale of 1 in epoch 1, step 3"
                            + " \\(lr .*\\): lower lr, or set warmup-epochs, or take precision bfloat16");
            assertThat(recorder.steps).as("at scales 2 and 1").hasSize(2);
            assertThat(overflowing.steps()).isEqualTo(2);
        }
    }

    /** The last update of an epoch shows in none of its losses. */
    @Test
    void weightsThatGoWrongInAnEpochsLastStepAreTakenBack() throws IOException {
        learner.spoiled = 2 * STEPS;
        learner.unseen = true;
        assertThatThrownBy(() -> run(Position.START, () -> false))
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("the weights body.weight are not finite in epoch 2, step " + STEPS
                        + " \\(lr .*\\): lower lr, or set warmup-epochs");
        assertThat(recorder.stopped).singleElement().matches(at -> at.epoch() == 1 && at.batch() == STEPS - 1);
        assertThat(recorder.epochs.keySet()).containsExactly(0);
        assertThat(weights(learner)).allMatch(Float::isFinite);

        learner.spoiled = 0;
        assertThat(run(recorder.stopped.get(0), () -> false)).isTrue();
        assertThat(learner.steps()).isEqualTo(3 * STEPS);
    }

    @Test
    void whatARepeatedStepPutsRightIsNotCopied() throws IOException {
        try (TinyLearner large = new TinyLearner() {
            @Override
            public Set<String> repeatable() {
                return Set.of("body.weight");
            }
        }) {
            large.spoiled = 2;
            Training training = new Training(options, rate, large, loader, 1, new Device("cpu"));
            assertThatThrownBy(() -> training.run(Position.START, List.of(recorder), () -> false))
                    .isInstanceOf(DivergedException.class);
            assertThat(weights(large)).as("not brought back").allMatch(weight -> Float.isNaN(weight));
            try (PointerScope scope = new PointerScope()) {
                assertThat(large.state().get("body.bias").isfinite().all().item_bool())
                        .as("brought back")
                        .isTrue();
            }
            assertThat(large.steps()).isEqualTo(1);
        }
    }

    @Test
    void anEpochsOwnFiguresAreLoggedWithItsMeans() throws IOException {
        try (TinyLearner counting = new TinyLearner() {
            @Override
            public Map<String, Double> end() {
                return Map.of("steps_so_far", (double) steps());
            }
        }) {
            Training training = new Training(options, rate, counting, loader, 1, new Device("cpu"));
            training.run(Position.START, List.of(recorder), () -> false);
            assertThat(recorder.epochs.get(1)).containsEntry("steps_so_far", 2.0 * STEPS);
        }
    }
}
