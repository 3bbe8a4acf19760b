package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.data.LoaderOptions;
import io.juxta.eval.Layer;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.report.Snapshots;
import io.juxta.torch.StateDict;
import io.juxta.train.ImageCache;
import io.juxta.train.LearningRate;
import io.juxta.train.PictureOptions;
import io.juxta.train.Sgd;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.ViewOptions;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.run.Checkpointing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MocoRecipeTest {
    /** The tests run in the module's folder. */
    private static final Path RECIPES = Path.of("..", "recipes");

    private static MocoRecipe of(String... lines) {
        return MocoRecipe.bind(Recipe.parse(String.join("\n", lines), "r.yaml"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "arch: resnet19|resnet19 is unknown",
                "dim: 0|dim 0 must be from 1",
                "dim: 65537|dim 65537 must be from 1",
                "K: 0|K 0 must be from 1",
                "K: 16777217|K 16777217 must be from 1",
                "K: 16777216|K 16777216 times dim 128 must be at most 1073741824, a queue of 4 GiB: choose a smaller one",
                "m: -0.1|m -0.1 must be from 0 to 1",
                "m: 1.1|m 1.1 must be from 0 to 1",
                "T: 0|T 0.0 must be above 0",
                "T: 101|T 101.0 must be above 0 and at most 100",
                "bn-groups: 0|bn-groups 0 must be from 1",
                "bn-groups: 4097|bn-groups 4097 must be from 1",
                "m-schedule: linear|constant",
                "loss: both|asymmetric",
                "stem: cifar10|imagenet",
                "head: fc|mlp",
                "batch-size: 1|batch-size 1 must be at least 2",
                "batch-size: 100|batch-size 100 is not a multiple of bn-groups 8: change one of them",
                "batch-size: 8|bn-groups 8 leave 1 image of the batch of 8 in a group, which needs at least 2",
                "epochs: 0|epochs 0 must be at least 1",
                "lr-for-batch: 0|lr-for-batch 0 must be at least 1",
                "image-size: 7|image-size 7 must be from 8",
                "augmentation: moco-v3|moco-v3",
            })
    void refuses(String line, String message) {
        assertThatThrownBy(() -> of(line))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void theMomentumIsConstantOrGrowsToOne() {
        MocoOptions constant = of("m: 0.99").moco();
        MocoOptions cosine = of("m: 0.99", "m-schedule: cosine").moco();
        for (double progress : new double[] {0, 0.3, 1}) {
            assertThat(constant.momentumAt(progress)).isEqualTo(0.99);
        }
        assertThat(cosine.momentumAt(0)).isCloseTo(0.99, within(1e-15));
        assertThat(cosine.momentumAt(0.25)).isCloseTo(1 - 0.01 * (1 + Math.sqrt(0.5)) / 2, within(1e-15));
        assertThat(cosine.momentumAt(0.5)).isCloseTo(0.995, within(1e-15));
        assertThat(cosine.momentumAt(1)).isEqualTo(1);
    }

    @Test
    void fitsTheQueueToTheImages() {
        List<String> said = new ArrayList<>();
        MocoRecipe recipe = of("K: 16384", "batch-size: 32", "cap-queue: true");

        MocoRecipe fitted = recipe.fitTo(244, said::add);

        assertThat(fitted.moco()).isEqualTo(recipe.moco().withQueue(224));
        assertThat(said)
                .containsExactly("K 16384 becomes 224: the 244 images give no more keys in an epoch (cap-queue)");
        assertThat(fitted.learningRate()).isEqualTo(recipe.learningRate());
    }

    @Test
    void fitsTheRateToTheBatch() {
        List<String> said = new ArrayList<>();
        MocoRecipe recipe = of("lr: 0.03", "lr-for-batch: 256", "batch-size: 32", "lr-schedule: step");

        MocoRecipe fitted = recipe.fitTo(1_000_000, said::add);

        assertThat(fitted.learningRate()).isEqualTo(recipe.learningRate().withLr(0.00375));
        assertThat(said)
                .containsExactly("lr 0.03 becomes 0.00375: it is meant for a batch of 256, not 32 (lr-for-batch)");
        assertThat(fitted.moco()).isEqualTo(recipe.moco());
    }

    @Test
    void changesNothingThatFitsOrIsNotAskedFor() {
        List<String> said = new ArrayList<>();
        MocoRecipe fits = of("K: 224", "batch-size: 32", "cap-queue: true", "lr-for-batch: 32");
        MocoRecipe asked = fits.fitTo(244, said::add);
        assertThat(asked.moco()).isEqualTo(fits.moco());
        assertThat(asked.learningRate()).isEqualTo(fits.learningRate());

        MocoRecipe free = of("K: 16384", "batch-size: 32");
        assertThat(free.fitTo(244, said::add)).isEqualTo(free);
        assertThat(said).isEmpty();
    }

    /** The run's recipe holds fitted values; reading it back must not scale or cap them once more. */
    @Test
    void whatIsFittedIsNotFittedAgain() {
        MocoRecipe recipe = of("K: 999", "batch-size: 64", "cap-queue: true", "lr-for-batch: 256", "lr: 0.1");
        MocoRecipe once = recipe.fitTo(200, line -> {});
        assertThat(once.fit()).isEqualTo(new MocoRecipe.Fit(Optional.empty(), false));

        MocoRecipe read = MocoRecipe.bind(Recipe.parse(Recipe.write(once.records()), "run"));

        assertThat(read).isEqualTo(once);
        assertThat(read.fitTo(100, line -> {})).isEqualTo(once);
    }

    @Test
    void saysWhatPlainBatchNormCosts() {
        List<String> said = new ArrayList<>();
        of("bn-groups: 1").fitTo(100_000, said::add);
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).startsWith("bn-groups is 1: queries and keys share batch statistics");
    }

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(RECIPES)) {
            return files.filter(file -> file.getFileName().toString().matches("moco.*\\.yaml"))
                    // of detectors that begin with MoCo's encoders
                    .filter(file -> !file.getFileName().toString().contains("-c4"))
                    // of another learner
                    .filter(file -> !file.getFileName().toString().startsWith("moco-v3"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsTheShippedRecipes() throws IOException {
        assertThat(shipped().stream()
                        .map(file -> RECIPES.relativize(file).toString().replace('\\', '/')))
                .contains(
                        "cifar10/moco-cpu.yaml",
                        "cifar10/moco-notebook.yaml",
                        "folder/moco-v2.yaml",
                        "imagenet/moco-v1.yaml",
                        "imagenet/moco-v2.yaml",
                        "imagenet/moco-v2-800.yaml");
    }

    /** A recipe that leaves a key to its default changes its meaning when the default does. */
    @ParameterizedTest
    @MethodSource("shipped")
    void aShippedRecipeBindsAndSaysEverything(Path file) {
        Recipe recipe = Recipe.read(file);
        record Method(@Default("") String method) {}
        assertThat(recipe.bind(Method.class).method()).isEqualTo("moco");
        MocoRecipe.bind(recipe);
        recipe.bind(KnnMonitor.Options.class);
        recipe.bind(KnnOptions.class);
        recipe.bind(ImageCache.class);
        recipe.bind(PictureOptions.class);

        recipe.bind(Checkpointing.Options.class);
        recipe.bind(Snapshots.Options.class);
        recipe.checkAllKnown();
        assertThat(keys(read(file))).isEqualTo(keys(recipe.resolved()));
    }

    private static TreeSet<String> keys(String yaml) {
        TreeSet<String> keys = new TreeSet<>();
        for (String line : yaml.lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                keys.add(line.substring(0, line.indexOf(':')));
            }
        }
        return keys;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The values of the authors' CIFAR-10 demo. */
    @Test
    void theNotebooksRecipeIsTheNotebook() {
        Recipe recipe = Recipe.read(RECIPES.resolve("cifar10/moco-notebook.yaml"));
        MocoRecipe notebook = MocoRecipe.bind(recipe);
        assertThat(notebook.moco())
                .isEqualTo(new MocoOptions(
                        "resnet18",
                        Architecture.Stem.CIFAR,
                        64,
                        ProjectionHead.Kind.LINEAR,
                        128,
                        4096,
                        0.99,
                        MocoOptions.MomentumSchedule.CONSTANT,
                        0.1,
                        MocoOptions.Loss.ASYMMETRIC,
                        8));
        assertThat(notebook.views()).isEqualTo(new ViewOptions("cifar-notebook", 32, ViewOptions.Statistics.CIFAR10));
        LearningRate rate = notebook.learningRate();
        assertThat(rate.lr()).isEqualTo(0.06);
        assertThat(rate.lrSchedule()).isEqualTo(LearningRate.Schedule.COSINE);
        assertThat(rate.lrUpdates()).isEqualTo(LearningRate.Updates.EPOCH);
        assertThat(rate.cosineOffset()).isEqualTo(1);
        assertThat(rate.warmupEpochs()).isEqualTo(0);
        assertThat(notebook.sgd()).isEqualTo(new Sgd.Options(0.9, 5e-4));
        TrainingOptions training = notebook.training();
        assertThat(training.epochs()).isEqualTo(200);
        assertThat(training.batchSize()).isEqualTo(512);
        assertThat(notebook.fit()).isEqualTo(new MocoRecipe.Fit(Optional.empty(), false));
        assertThat(recipe.bind(KnnOptions.class)).isEqualTo(new KnnOptions(200, 0.1, Layer.HEAD));
        assertThat(recipe.bind(KnnMonitor.Options.class).knnEvery()).isEqualTo(1);
    }

    /** The originals' programs on ImageNet, from their command lines. */
    @ParameterizedTest
    @CsvSource({
        "moco-v1, 200, LINEAR, 0.07, STEP, moco-v1",
        "moco-v2, 200, MLP, 0.2, COSINE, moco-v2",
        "moco-v2-800, 800, MLP, 0.2, COSINE, moco-v2",
    })
    void theRecipesForImageNetAreTheOriginals(
            String name,
            int epochs,
            ProjectionHead.Kind head,
            double T,
            LearningRate.Schedule schedule,
            String augmentation) {
        MocoRecipe recipe = MocoRecipe.bind(Recipe.read(RECIPES.resolve("imagenet/" + name + ".yaml")));
        assertThat(recipe.moco())
                .isEqualTo(new MocoOptions(
                        "resnet50",
                        Architecture.Stem.IMAGENET,
                        64,
                        head,
                        128,
                        65536,
                        0.999,
                        MocoOptions.MomentumSchedule.CONSTANT,
                        T,
                        MocoOptions.Loss.ASYMMETRIC,
                        8));
        assertThat(recipe.learningRate())
                .isEqualTo(new LearningRate(
                        0.03,
                        schedule,
                        milestones(schedule, recipe),
                        LearningRate.Updates.EPOCH,
                        0,
                        0,
                        Optional.empty(),
                        0));
        assertThat(recipe.sgd()).isEqualTo(new Sgd.Options(0.9, 1e-4));
        assertThat(recipe.training().epochs()).isEqualTo(epochs);
        assertThat(recipe.training().batchSize()).isEqualTo(256);
        assertThat(recipe.views()).isEqualTo(new ViewOptions(augmentation, 224, ViewOptions.Statistics.IMAGENET));
    }

    /** They matter to the step schedule alone. */
    private static List<Integer> milestones(LearningRate.Schedule schedule, MocoRecipe recipe) {
        return schedule == LearningRate.Schedule.STEP
                ? List.of(120, 160)
                : recipe.learningRate().milestones();
    }

    /** What runs took, from docs/results.md, without the pictures that they kept. */
    @ParameterizedTest
    @CsvSource({
        "cifar10/moco-cpu.yaml, 50000, 1166, ''",
        "cifar10/moco-cpu.yaml, 50000, 1415, head=linear batch-size=256 bn-groups=8",
        "folder/moco-v2.yaml, 245, 2522, ''"
    })
    void theEstimateOfMemoryIsNear(String file, int images, int measured, String overrides) {
        List<String> set =
                Stream.of(overrides.split(" ")).filter(word -> !word.isEmpty()).toList();
        MocoRecipe recipe =
                MocoRecipe.bind(Recipe.read(RECIPES.resolve(file)).with(set)).fitTo(images, line -> {});
        TrainingOptions training = recipe.training();
        LoaderOptions loader = LoaderOptions.of(training.batchSize(), 0);
        long parameters = StateDict.parameterCount(Moco.encoder(recipe.moco()));
        double estimate = MemoryEstimate.of(recipe, loader, parameters) / 1048576.0;
        assertThat(estimate).isBetween(measured * 0.88, measured * 1.14);
    }
}
