package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.distributed.Communicator;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Precision;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that are frozen stay bit for bit, statistics included; a backbone's rate is a factor of the head's. */
class FineTuningTest {
    private static final List<Integer> IMAGES = List.of(0, 1, 2, 3, 4, 5, 6, 7);
    private static final double LR = 0.1;

    private static final String MOCO =
            "arch: resnet18\nstem: cifar\nwidth: 8\ndim: 8\nK: 16\nm: 0.9\nbn-groups: 2\nbatch-size: 8\n";
    private static final String CLUSTERS = """
            arch: resnet18
            stem: cifar
            width: 8
            hidden-mlp: 16
            feat-dim: 8
            crops: [2]
            crop-sizes: [16]
            crop-min-scales: [0.2]
            crop-max-scales: [1]
            batch-size: 8
            prototypes: [5]
            """;

    private static final String VIEWS = """
            arch: resnet18
            stem: cifar
            width: 8
            zero-init: false
            projector: [16, 8]
            predictor: [6, 8]
            optimizer: sgd
            batch-size: 8
            """;

    private static EncoderLearner learner(String method, String more) {
        Torch.seed(3);
        Device cpu = new Device("cpu");
        if (method.equals("moco")) {
            MocoRecipe recipe = MocoRecipe.bind(Recipe.parse(MOCO + more, "tiny"));
            return Moco.create(
                    recipe.moco(), recipe.sgd(), recipe.tuning(), cpu, 1, Precision.FLOAT32, Communicator.single());
        }
        if (method.equals("moco-v3")) {
            return SiameseRecipe.bind(method, Recipe.parse(VIEWS + more, "tiny"))
                    .learner(cpu, Communicator.single());
        }
        Recipe recipe = Recipe.parse(CLUSTERS + more, "tiny");
        return method.equals("swav")
                ? SwavRecipe.bind(recipe).learner(8, cpu, Communicator.single())
                : DeepClusterRecipe.bind(recipe).learner(8, cpu, Communicator.single());
    }

    private static void steps(EncoderLearner learner, int count, double lr) {
        try (PointerScope scope = new PointerScope()) {
            learner.begin(0, each -> {
                each.accept(views(0), IMAGES);
                return true;
            });
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (int s = 0; s < count; s++) {
            try (PointerScope scope = new PointerScope()) {
                learner.step(views(s), new Step(0, s, 10, lr, IMAGES));
            }
            // as monitors do between epochs
            learner.encoder().eval();
            learner.encoder().train(true);
        }
    }

    private static List<Tensor> views(int s) {
        return List.of(
                Filler.tensor(20 + 2 * s, ScalarType.Float, 8, 3, 16, 16),
                Filler.tensor(21 + 2 * s, ScalarType.Float, 8, 3, 16, 16));
    }

    private static Map<String, Tensor> copy(EncoderLearner learner) {
        Map<String, Tensor> copy = new LinkedHashMap<>();
        learner.state().forEach((name, tensor) -> copy.put(name, tensor.detach().clone()));
        return copy;
    }

    @ParameterizedTest
    @CsvSource({"moco, 0", "moco, 1", "moco, 4", "swav, 2", "deepcluster, 2", "moco-v3, 0", "moco-v3, 2"})
    void whatIsFrozenStaysToTheBitAndAllElseMoves(String method, int stages) {
        String layers = "(conv1|bn1" + "|layer[1-" + Math.max(1, stages) + "])";
        try (PointerScope scope = new PointerScope();
                EncoderLearner learner = learner(method, "freeze-stages: " + stages + "\n")) {
            Map<String, Tensor> before = copy(learner);
            steps(learner, 3, LR);
            int frozen = 0;
            for (Map.Entry<String, Tensor> after : copy(learner).entrySet()) {
                String name = after.getKey();
                if (!name.startsWith("encoder") && !name.startsWith("target")) {
                    assertThat(stages > 0 && name.matches("(sgd|larc|optimizer\\.encoder)\\." + layers + ".*"))
                            .as(name + " is kept for nothing")
                            .isFalse();
                    continue;
                }
                boolean same = after.getValue().equal(Objects.requireNonNull(before.get(name)));
                if (stages > 0 && name.matches("(encoder(_[qk])?|target)\\." + layers + "\\..*")) {
                    assertThat(same).as(name).isTrue();
                    frozen++;
                } else if (!name.contains("prototypes")) {
                    assertThat(same).as(name).isFalse();
                }
            }
            assertThat(frozen > 0).isEqualTo(stages > 0);
        }
    }

    /** After one step from rest without decay, everything has moved along the same gradient. */
    @ParameterizedTest
    @CsvSource({"moco", "swav", "moco-v3"})
    void theBackboneMovesByItsFactor(String method) {
        String rest = "weight-decay: 0\n";
        try (PointerScope scope = new PointerScope();
                EncoderLearner plain = learner(method, rest);
                EncoderLearner slow = learner(method, rest + "backbone-lr-factor: 0.25\n")) {
            Map<String, Tensor> before = copy(plain);
            steps(plain, 1, LR);
            steps(slow, 1, LR);
            Map<String, Tensor> fast = copy(plain);
            copy(slow).forEach((name, tensor) -> {
                if (!name.matches("encoder(_q)?\\..*(weight|bias)")) {
                    return;
                }
                Tensor start = Objects.requireNonNull(before.get(name));
                double factor = name.matches(".*\\.(fc|projection_head|prototypes|projector)\\..*") ? 1 : 0.25;
                Tensor moved = Objects.requireNonNull(fast.get(name)).sub(start);
                Tensor wanted = moved.mul(new org.bytedeco.pytorch.Scalar(factor));
                double size = Math.max(1e-6, wanted.abs().max().item_double());
                assertThat(tensor.sub(start).sub(wanted).abs().max().item_double() / size)
                        .as(name)
                        .isCloseTo(0, within(0.02));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "larc", "lars", "lars in the velocity"})
    void anOptimiserOfTwoRatesIsTwoOptimisers(String rule) {
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> together = parameters();
            List<Tensor> apart = parameters();
            List<Double> factors = List.of(0.5, 1.0, 0.5, 1.0, 0.5);
            for (int s = 0; s < 3; s++) {
                gradients(together, s);
                gradients(apart, s);
            }
            step(rule, together, factors, LR);
            for (int i = 0; i < factors.size(); i++) {
                step(rule, List.of(apart.get(i)), List.of(1.0), LR * factors.get(i));
                assertThat(together.get(i).equal(apart.get(i))).isTrue();
            }
        }
    }

    private static void step(String rule, List<Tensor> parameters, List<Double> factors, double lr) {
        switch (rule) {
            case "sgd" -> new Sgd(parameters, factors, new Sgd.Options(0.9, 0.01)).step(lr);
            case "larc" -> new Larc(parameters, factors, new Larc.Options(Larc.Rule.LARC, 0.9, 0.01, 0.1)).step(lr);
            default -> {
                Lars.Rate rate = rule.equals("lars") ? Lars.Rate.AT_THE_STEP : Lars.Rate.IN_THE_VELOCITY;
                new Lars(parameters, factors, new Lars.Options(0.9, 0.01, 0.1, 1, rate)).step(lr);
            }
        }
    }

    private static List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parameters.add(Filler.tensor(5 + i, ScalarType.Double, 3, 4).set_requires_grad(true));
        }
        parameters.add(Filler.tensor(8, ScalarType.Double, 5).set_requires_grad(true));
        parameters.add(Filler.tensor(9, ScalarType.Double, 5).set_requires_grad(true));
        return parameters;
    }

    private static void gradients(List<Tensor> parameters, int s) {
        for (int i = 0; i < parameters.size(); i++) {
            Tensor parameter = parameters.get(i);
            parameter
                    .mul(Filler.tensor(50 + 5 * s + i, ScalarType.Double, parameter.shape()))
                    .sum()
                    .backward();
        }
    }

    @Test
    void whatCannotBeIsSaidInOneLine() {
        assertThatThrownBy(() -> learner("moco", "freeze-stages: 5\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(
                        "freeze-stages 5 is beyond the network, which has 4 stages behind its stem: set it to at most 4");
        assertThatThrownBy(() -> learner("swav", "freeze-stages: 9\n")).hasMessageContaining("beyond the network");
        assertThatThrownBy(() -> learner("moco", "backbone-lr-factor: 0\n"))
                .hasMessageContaining("backbone-lr-factor 0.0 must be above 0");
    }
}
