package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.detect.DetectorLearner;
import io.juxta.dino.Dino;
import io.juxta.distill.Distillation;
import io.juxta.moco.Moco;
import io.juxta.siamese.Siamese;
import io.juxta.swav.DeepCluster;
import io.juxta.swav.Swav;
import io.juxta.torch.Precision;
import io.juxta.train.GradScaler;
import io.juxta.train.Learner;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every learner as float16 goes on, at float32's digits: a step whose gradients overflow leaves what learns and its optimiser as they
 * were, while what follows (momentum encoders, queues, memories, centres) goes on; the step behind it is one like every other.
 */
@Tag("slow")
class SkippedStepTest {
    private static final Device CPU = new Device("cpu");
    private static final String STATISTICS = ".*(running_mean|running_var|num_batches_tracked)";
    private static final String SCALE = "grad_scaler.scale";

    /**
     * What a learner's state is made of, by patterns of names.
     *
     * @param learns and its optimiser
     * @param follows whether a step is left out or not
     */
    private record Parts(String learns, List<String> follows) {}

    private static final Map<Class<? extends Learner>, Parts> PARTS = Map.of(
            Moco.class, new Parts("(encoder_q|sgd)\\..*", List.of("encoder_k\\..*weight", "queue", "queue_ptr")),
            Swav.class, new Parts("(encoder|larc)\\..*", List.of("queue")),
            DeepCluster.class, new Parts("(encoder|larc)\\..*", List.of("memory")),
            DetectorLearner.class, new Parts("(detector|sgd)\\..*", List.of()),
            Siamese.class, new Parts("(encoder|predictor|optimizer)\\..*", List.of("target\\..*weight")),
            Distillation.class,
                    new Parts(
                            "(encoder|optimizer)\\..*",
                            List.of("queue_ptr")), // the teacher knows the same images again
            Dino.class, new Parts("(student|optimizer)\\..*", List.of("encoder\\..*weight", "centre")));

    static List<IntFunction<Learner>> learners() {
        return LearnerStateTest.withOneLoss();
    }

    @ParameterizedTest
    @MethodSource("learners")
    void aStepWhoseGradientsOverflowIsLeftOutAndNoOther(IntFunction<Learner> make) throws Exception {
        try (PointerScope scope = new PointerScope();
                Learner learner = make.apply(1)) {
            scaled(learner);
            learner.begin(0, each -> {
                each.accept(LearnerStateTest.views(learner, 0), LearnerStateTest.IMAGES);
                return true;
            });
            Parts parts = Objects.requireNonNull(PARTS.get(learner.getClass()));
            step(learner, 0); // both networks of a pair begin alike
            for (int s = 1; s < 4; s++) {
                boolean overflows = s == 2;
                scale(learner, overflows ? Double.POSITIVE_INFINITY : 64);
                Map<String, Tensor> before = copies(learner);
                Map<String, Double> metrics = step(learner, s);
                assertThat(metrics).containsEntry("skipped", overflows ? 1.0 : 0.0);
                if (overflows) {
                    assertThat(metrics).containsEntry("grad_norm", 0.0);
                } else {
                    assertThat(metrics.get("grad_norm")).isPositive();
                }
                List<String> changed = changed(before, copies(learner));
                List<String> learned = changed.stream()
                        .filter(name -> name.matches(parts.learns))
                        .toList();
                assertThat(learned.isEmpty()).as("step %s: %s", s, learned).isEqualTo(overflows);
                for (String follows : parts.follows) {
                    assertThat(before.keySet().stream().noneMatch(name -> name.matches(follows))
                                    || changed.stream().anyMatch(name -> name.matches(follows)))
                            .as("step %s: %s", s, follows)
                            .isTrue();
                }
            }
            copies(learner).forEach((name, tensor) -> {
                if (!name.equals(SCALE)) {
                    assertThat(tensor.isfinite().all().item_bool()).as(name).isTrue();
                }
            });
            assertThat(learner.end()).containsEntry("skips_in_a_row", 1.0);
        }
    }

    private static Map<String, Double> step(Learner learner, int s) throws IOException {
        return learner.step(LearnerStateTest.views(learner, s), new Step(1, s, 10, 0.01, LearnerStateTest.IMAGES));
    }

    /** Puts a scaler into a learner, which recipes do on a GPU alone. */
    private static void scaled(Learner learner) throws ReflectiveOperationException {
        Field precision = learner.getClass().getDeclaredField("precision");
        precision.setAccessible(true);
        precision.set(learner, new MixedPrecision(Precision.FLOAT32, CPU, Optional.of(new GradScaler(CPU, 64, 2_000))));
    }

    private static void scale(Learner learner, double scale) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Objects.requireNonNull(learner.state().get(SCALE)).fill_(new Scalar(scale));
        }
    }

    /** The state without batch norms' statistics; of prototypes, which a step of SwAV begins by bringing to length 1, the directions. */
    private static Map<String, Tensor> copies(Learner learner) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        learner.state().forEach((name, tensor) -> {
            if (!name.matches(STATISTICS)) {
                boolean prototypes = learner instanceof Swav && name.matches("encoder\\.prototypes.*");
                Tensor copy = tensor.detach().clone();
                copies.put(name, prototypes ? torch.normalize(copy) : copy);
            }
        });
        return copies;
    }

    /** Names of what is no longer the same, but for the rounding of directions. */
    private static List<String> changed(Map<String, Tensor> before, Map<String, Tensor> after) {
        List<String> changed = new ArrayList<>();
        after.forEach((name, tensor) -> {
            Tensor old = Objects.requireNonNull(before.get(name));
            boolean same = name.startsWith("encoder.prototypes")
                    ? torch.allclose(tensor, old, 0, 1e-7, false)
                    : torch.equal(tensor, old);
            if (!same) {
                changed.add(name);
            }
        });
        return changed;
    }
}
