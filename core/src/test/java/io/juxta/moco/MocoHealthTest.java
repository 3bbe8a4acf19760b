package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import io.juxta.distributed.Communicator;
import io.juxta.image.Draws;
import io.juxta.torch.Torch;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.health.Diagnosis.Verdict;
import io.juxta.train.health.Health;
import io.juxta.train.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** What really goes wrong is found: tiny runs made ill. */
class MocoHealthTest {
    private static final int BATCH = 16;
    /** The steps are few here, so an epoch is said to have more of them. */
    private static final long ENOUGH = 1000;

    /** Weight decay draws everything to nought but what the last bias says, the same for every picture. */
    @Test
    void aCollapseIsFound() {
        try (PointerScope scope = new PointerScope();
                Moco moco = moco(2, 0.9)) {
            Map<String, Double> metrics = Map.of();
            for (int s = 0; s < 60; s++) {
                metrics = moco.step(List.of(pictures(s), pictures(100 + s)), new Step(s, 60, 0.2));
            }
            Diagnosis diagnosis = diagnosis(moco, metrics);
            assertThat(diagnosis.verdict()).as(diagnosis.toString()).isEqualTo(Verdict.COLLAPSED);
        }
    }

    /** Two views that are the same picture, in one group: the key is the query itself. */
    @Test
    void aTaskThatIsTooEasyIsFound() {
        try (PointerScope scope = new PointerScope();
                Moco moco = moco(1, 0)) {
            Map<String, Double> metrics = Map.of();
            for (int s = 0; s < 3; s++) {
                Tensor same = pictures(s);
                metrics = moco.step(List.of(same, same), new Step(s, 3, 0));
            }
            metrics = new LinkedHashMap<>(metrics);
            // an untrained encoder is narrow, which is not what is asked here
            new Health(0.9, 6, 0.1).putInto(metrics);
            Diagnosis diagnosis = Diagnosis.of(List.of(metrics), options(1).task(BATCH, ENOUGH));
            assertThat(diagnosis.verdict()).as(diagnosis.toString()).isEqualTo(Verdict.TOO_EASY);
            assertThat(diagnosis.advice()).isEqualTo("set bn-groups to 8");
        }
    }

    private static Diagnosis diagnosis(Moco moco, Map<String, Double> step) {
        Map<String, Double> metrics = new LinkedHashMap<>(step);
        moco.encoder().eval();
        try (NoGradGuard guard = new NoGradGuard()) {
            Health.of(torch.normalize(moco.encoder().forward(pictures(500)))).putInto(metrics);
        }
        return Diagnosis.of(List.of(metrics), options(2).task(BATCH, ENOUGH));
    }

    private static MocoOptions options(int groups) {
        return Recipe.parse("dim: 8\nK: 48\nm: 0.9\nbn-groups: " + groups + "\n", "r.yaml")
                .bind(MocoOptions.class);
    }

    private static Moco moco(int groups, double decay) {
        Torch.seed(1);
        return new Moco(
                options(groups),
                new TinyEncoder(true, groups),
                new TinyEncoder(true, groups),
                new KeyQueue(8, 48),
                new Sgd.Options(0.9, decay),
                FineTuning.NONE,
                (iteration, pass, n) -> Draws.of(7, (int) iteration, pass, -1).permutation(n),
                Communicator.single(),
                MixedPrecision.none());
    }

    private static Tensor pictures(int tag) {
        return Filler.tensor(tag, ScalarType.Float, BATCH, 6);
    }
}
