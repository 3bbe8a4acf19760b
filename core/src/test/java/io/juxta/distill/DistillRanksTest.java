package io.juxta.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Distillation over several processes is distillation in one. */
@Tag("slow")
@Timeout(120)
class DistillRanksTest {
    private static final int STEPS = 20;

    /** Losses and other figures of 20 steps, and sums over the state at the end, with 1, 2 and (in float64) 4 processes. */
    @ParameterizedTest
    @CsvSource({"seed, Float, 1e-5, 2", "seed, Double, 1e-10, 4", "regression, Double, 1e-10, 2"})
    void theNumberOfProcessesChangesNothing(String loss, ScalarType type, double tolerance, int most) throws Exception {
        Ranks.Difference difference = Ranks.compare(most, STEPS, communicator -> run(loss, type, communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        assertThat(difference.rest()).isLessThanOrEqualTo(100 * tolerance);
    }

    private static double[] run(String loss, ScalarType type, Communicator communicator) {
        DistillOptions options = loss.equals("seed") ? TinyDistillation.seed(0.1) : TinyDistillation.regression();
        try (PointerScope scope = new PointerScope();
                Distillation learner = TinyDistillation.of(options, type, communicator)) {
            List<Double> figures = new ArrayList<>();
            List<Double> others = new ArrayList<>();
            for (int s = 0; s < STEPS; s++) {
                Map<String, Double> metrics = TinyDistillation.step(learner, s, type, communicator);
                figures.add(Objects.requireNonNull(metrics.get("loss")));
                others.add(Objects.requireNonNull(metrics.get("grad_norm")));
                others.add(Objects.requireNonNull(metrics.get("target_cosine")));
            }
            figures.addAll(others);
            learner.state().forEach((name, tensor) -> {
                // a bias in front of a norm has no gradient but rounding
                boolean weight = name.startsWith("encoder.") && name.endsWith("weight");
                if (weight || name.contains("running") || name.equals("queue")) {
                    figures.add(tensor.abs().sum().item_double());
                }
            });
            return figures.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
