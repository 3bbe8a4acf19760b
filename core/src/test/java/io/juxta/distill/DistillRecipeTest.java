package io.juxta.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.Optimizer;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe of distillation says, and what it may not. */
class DistillRecipeTest {
    private static DistillRecipe bind(String... overrides) {
        return DistillRecipe.bind(Recipe.named("cifar10/distill-cpu").with(List.of(overrides)));
    }

    @Test
    void theNetworkIsThatOfMocoCpu() {
        DistillRecipe recipe = bind("dim=128");
        MocoRecipe other = MocoRecipe.bind(Recipe.named("cifar10/moco-cpu"));
        try (EncoderNetwork student = recipe.student();
                EncoderNetwork moco = Moco.encoder(other.moco())) {
            assertThat(shapes(student)).isEqualTo(shapes(moco));
        }
    }

    private static Map<String, String> shapes(EncoderNetwork network) {
        Map<String, String> shapes = new LinkedHashMap<>();
        StateDict.of(network).forEach((name, tensor) -> shapes.put(name, StateDict.shape(tensor)));
        return shapes;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tau-s=0    | --set tau-s=0: tau-s 0.0 must be above 0 and at most 100 (0.2 is the paper's)
            tau-t=0    | --set tau-t=0: tau-t 0.0 must be above 0 and at most 100 (0.01 is the paper's)
            K=4000     | cifar10/distill-cpu: K 4000 is not a multiple of batch-size 128: set K to 3968, or cap-queue to true
            K=64       | cifar10/distill-cpu: K 64 is below batch-size 128, which goes into the queue: set it to at least that
            batch-size=1 | cifar10/distill-cpu: batch-size 1 must be at least 2: a batch norm of one image knows nothing
            freeze-stages=5 | cifar10/distill-cpu: freeze-stages 5 is beyond the network, which has 4 stages behind its stem: set it to at most 4
            arch=vit_tiny image-size=40 | cifar10/distill-cpu: image-size 40 cannot be cut into patches of 16 px (patch-size): take a multiple of that, such as 32 or 48
            arch=vit_tiny freeze-stages=1 | cifar10/distill-cpu: freeze-stages 1 is beyond the network, which has 0 stages behind its stem: set it to at most 0
            arch=resnet19 | --set arch=resnet19: arch resnet19 is unknown: use one of resnet101, resnet152, resnet18, resnet34, resnet50, resnext101_32x8d, resnext101_64x4d, resnext50_32x4d, wide_resnet101_2, wide_resnet50_2, vit_tiny, vit_small, vit_base, vit_large, vit_huge, vit_giant2
            optimizer=lars | --set optimizer=lars: optimizer: expected one of sgd, adamw, not 'lars'
            dim=0      | --set dim=0: dim 0 must be from 1 to 65536: it is the teacher's
            loss=kl    | --set loss=kl: loss: expected one of seed, regression, not 'kl'
            teacher-views=twice | --set teacher-views=twice: teacher-views: expected one of each, once, not 'twice'
            """)
    void valuesThatCannotBe(String overrides, String message) {
        assertThatThrownBy(() -> bind(overrides.split(" ")))
                .isInstanceOf(RecipeException.class)
                .hasMessage(message);
    }

    @Test
    void aQueueThatNoMemoryHolds() {
        assertThatThrownBy(() -> bind("K=16777216", "dim=2048"))
                .hasMessage(
                        "cifar10/distill-cpu: K 16777216 times the teacher's 2048 values must be at most 1073741824, a"
                                + " queue of 4 GiB: set K to at most 524288");
    }

    @Test
    void regressionHasNoQueueToFit() {
        assertThat(bind("loss=regression").fitTo(1000, line -> {}).distill().K())
                .isEqualTo(4096);
        assertThat(bind("loss=regression", "batch-size=100").task(10)).isEqualTo(new Diagnosis.Taught(2, 0, 10));
        Recipe vain = Recipe.named("cifar10/distill-cpu").with(List.of("loss=regression", "tau-s=0.1"));
        DistillRecipe.bind(vain);
        assertThatThrownBy(() -> {
                    vain.bind(Name.class);
                    vain.bind(Rest.class);
                    vain.checkAllKnown();
                })
                .hasMessage(
                        "--set tau-s=0.1: tau-s has no effect with loss regression: leave it out, or set loss=seed too");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            optimizer=adamw momentum=0.5 | --set momentum=0.5: momentum has no effect with optimizer adamw: leave it out, or set optimizer=sgd too
            drop-path=0.1 | --set drop-path=0.1: drop-path has no effect with arch resnet18: leave it out, or set arch=vit_small too
            """)
    void whatIsSetInVain(String overrides, String message) {
        Recipe vain = Recipe.named("cifar10/distill-cpu").with(List.of(overrides.split(" ")));
        DistillRecipe.bind(vain);
        vain.bind(Name.class);
        vain.bind(Rest.class);
        assertThatThrownBy(vain::checkAllKnown).hasMessage(message);
    }

    /** Positions for the views, a head to the teacher's embedding, and steps by AdamW with both of its moments. */
    @Test
    void aVisionTransformerMayLearn() {
        DistillRecipe recipe = bind("dim=128", "arch=vit_tiny", "patch-size=8", "optimizer=adamw", "head=linear");
        try (PointerScope scope = new PointerScope();
                EncoderNetwork student = recipe.student()) {
            assertThat(shapes(student))
                    .containsEntry("pos_embed", "(1, 17, 192)")
                    .containsEntry("fc.weight", "(128, 192)");
            Optimizer rule = recipe.rule().of(List.of(torch.zeros(2, 2)), List.of(1.0));
            assertThat(rule.state(List.of("w"))).hasSize(3);
            rule.close();
        }
        assertThat(recipe.tuning()).isEqualTo(FineTuning.NONE);
    }

    private record Name(String method) {}

    private record Rest(
            String orientation,
            String decode,
            int imageCache,
            int knnEvery,
            int knnK,
            double knnT,
            String knnLayer,
            double checkpointMinutes,
            int keepEvery,
            int reportEvery) {}

    @Test
    void theQueueAndTheRateFollowTheImages() {
        List<String> said = new ArrayList<>();
        DistillRecipe fitted = DistillRecipe.bind(
                        Recipe.named("folder/distill").with(List.of("batch-size=24", "dim=8")))
                .fitTo(245, said::add);
        assertThat(fitted.distill().K()).isEqualTo(240);
        assertThat(said)
                .containsExactly(
                        "K 16384 becomes 240: a multiple of batch-size, of at most the 245 images (cap-queue)",
                        "lr 0.03 becomes 0.0028125: it is meant for a batch of 256, not 24 (lr-for-batch)");
        // what is fitted stays so when the run's own recipe is read again
        List<String> again = new ArrayList<>();
        Recipe own = Recipe.parse(Recipe.write(fitted.records()), "own");
        assertThat(DistillRecipe.bind(own).fitTo(245, again::add)).isEqualTo(fitted);
        assertThat(again).isEmpty();
        assertThatThrownBy(() -> fitted.fitTo(20, line -> {}))
                .hasMessage("batch-size 24 is above the number of images, 20: set it to at most 20");
        assertThat(fitted.task(10)).isEqualTo(new Diagnosis.Taught(Math.log(241), 10, 10));
    }

    @Test
    void withoutATeacherThereIsNoNetwork() {
        assertThatThrownBy(() -> bind().student())
                .hasMessage(
                        "dim null: the embedding is as wide as the teacher's, and there is no teacher yet: say --teacher WEIGHTS");
        DistillRecipe taught = bind().taughtBy("/a/teacher.pth", "abc", 384);
        assertThat(taught.head().embedding()).isEqualTo(384);
        assertThat(taught.teacher().isKnown()).isTrue();
        assertThat(Recipe.write(taught.records()))
                .contains("teacher: /a/teacher.pth\n", "teacher-sha256: abc\n", "dim: 384\n");
    }
}
