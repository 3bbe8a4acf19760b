package io.juxta.cut.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.cut.losses.GanMode;
import io.juxta.train.Schedule;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.run.Checkpointing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What recipes say, and what is refused; the schedules of the original (CUT-9). */
@Tag("slow")
class CutRecipeTest {
    private static final Path RECIPES = Path.of("..", "recipes");

    private static CutRecipe of(String lines) {
        return CutRecipe.bind(Recipe.parse(lines, "r.yaml"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nce-layers: [0, 8, 4]|nce-layers [0, 8, 4] must ascend",
                "nce-layers: []|nce-layers [] must name at least one layer",
                "nce-layers: [4, 32]|nce-layers [4, 32] go beyond the generator's last layer, 31",
                "netG: stylegan2|nce-layers [0, 4, 8, 12, 16] go beyond the generator's last layer, 5",
                "crop-size: 20|a discriminator of 3 layers needs images of at least 24 px, crop-size is 20",
                "input-nc: 4|channels 4 must be 1 (grey) or 3 (colour)",
                "ngf: 0|ngf 0 must be from 1",
                "preprocess: squeeze|preprocess 'squeeze' has no part 'squeeze'",
                "crop-size: 300|crop-size 300 is above load-size 286",
                "domain-a: apple|domain-a 'apple' and domain-b '': give both or none",
                "beta1: 1|beta1 1.0 must be at least 0 and below 1",
                "nce-T: 0|nce-T 0.0 must be above 0",
                "batch-size: 0|batch-size 0 must be at least 1",
                "gan-mode: gan|expected one of lsgan, vanilla, wgangp, nonsaturating, hinge",
            })
    void refuses(String line, String message) {
        assertThatThrownBy(() -> of(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nothingToLearnIsRefused() {
        assertThatThrownBy(() -> of("lambda-gan: 0\nlambda-nce: 0"))
                .hasMessageContaining("lambda-gan and lambda-nce are both 0");
    }

    @ParameterizedTest
    @CsvSource({
        "400, 200, 200, 1",
        "400, 200, 201, 0.99502488",
        "400, 200, 202, 0.99004975",
        "400, 200, 400, 0.00497512",
        "200, 50, 151, 0.98039216",
        "200, 50, 200, 0.01960784",
        "16, 8, 9, 0.88888889",
        "16, 8, 16, 0.11111111"
    })
    void linearRate(int epochs, int decay, int epoch, double factor) {
        TranslationRate rate = new TranslationRate(2e-4, TranslationRate.Policy.LINEAR, decay, 50);
        assertThat(rate.at(epoch - 1, 3, 10, epochs)).isCloseTo(2e-4 * factor, within(1e-12));
    }

    @Test
    void otherRates() {
        TranslationRate step = new TranslationRate(1, TranslationRate.Policy.STEP, 0, 50);
        assertThat(step.at(49, 0, 1, 200)).isEqualTo(1);
        assertThat(step.at(100, 0, 1, 200)).isCloseTo(0.01, within(1e-15));
        TranslationRate cosine = new TranslationRate(1, TranslationRate.Policy.COSINE, 0, 50);
        assertThat(cosine.at(50, 0, 1, 100)).isCloseTo(0.5, within(1e-15));
    }

    /** Six epochs without a lower loss cost four fifths; a resumed run comes to the same. */
    @Test
    void aPlateauLowersTheRate() {
        TranslationRate rate = new TranslationRate(1, TranslationRate.Policy.PLATEAU, 0, 50);
        PlateauRate plateau = (PlateauRate) rate.schedule(List.of());
        List<Map<String, Double>> rows = new ArrayList<>(List.of(Map.of("kid", 3.0)));
        double[] losses = {5, 4, 3.99, 4, 4, 4.1, 4, 4, 3};
        for (int epoch = 0; epoch < losses.length; epoch++) {
            assertThat(plateau.at(epoch, 0, 1, 100)).as("epoch " + epoch).isEqualTo(epoch < 8 ? 1 : 0.2);
            plateau.epoch(epoch, Map.of("loss", losses[epoch]));
            rows.add(Map.of("loss", losses[epoch]));
        }
        Schedule resumed = rate.schedule(rows);
        assertThat(resumed.at(9, 0, 1, 100)).isEqualTo(plateau.at(9, 0, 1, 100)).isEqualTo(0.2);
        assertThat(resumed.at(7, 0, 1, 100)).isEqualTo(1);
    }

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(RECIPES)) {
            return files.filter(file -> file.getFileName().toString().matches(".*cut.*\\.yaml"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsTheShippedRecipes() throws IOException {
        assertThat(shipped().stream()
                        .map(file -> RECIPES.relativize(file).toString().replace('\\', '/')))
                .containsExactlyInAnyOrder(
                        "apple2orange/fastcut-cpu.yaml",
                        "facades/cut-cpu.yaml",
                        "folder/cut.yaml",
                        "translation/cut.yaml",
                        "translation/fastcut.yaml",
                        "translation/sincut.yaml");
    }

    /** A recipe that leaves a key to its default changes its meaning when the default does. */
    @ParameterizedTest
    @MethodSource("shipped")
    void aShippedRecipeBindsAndSaysEverything(Path file) throws IOException {
        Recipe recipe = Recipe.read(file);
        record Method(@Default("") String method) {}
        assertThat(recipe.bind(Method.class).method()).isEqualTo("cut");
        CutRecipe.bind(recipe);
        recipe.bind(Checkpointing.Options.class);
        List<String> more = List.of("distance-every", "distance-images", "report-every");
        assertThat(keys(Files.readString(file)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(keys(recipe.resolved()).stream(), more.stream())
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num-patches: 64|64, 64, 64, 64, 64|0.25",
                // of 32 px: 38, 32, 16, 8 and 8 px are left
                "num-patches: 300|300, 300, 256, 64, 64|0.25",
                "batch-size: 2; num-patches: 3|3, 3, 3, 3, 3|0.25",
                "batch-size: 2; nce-negatives: batch; num-patches: 3|6, 6, 6, 6, 6|0.25",
                "num-patches: 1; gan-mode: hinge|1, 1, 1, 1, 1|1",
                "num-patches: 1; lambda-gan: 0|1, 1, 1, 1, 1|NaN",
                "num-patches: 1; gan-mode: wgangp|1, 1, 1, 1, 1|NaN",
            })
    void aTaskKnowsWhatKnowingNothingCosts(String lines, String patches, Double undecided) {
        CutRecipe recipe = of("lambda-nce: 3\nngf: 2\nload-size: 32\ncrop-size: 32\n" + lines.replace("; ", "\n"));
        double expected = Stream.of(patches.split(", "))
                .mapToDouble(P -> Math.log(Integer.parseInt(P)))
                .average()
                .orElseThrow();
        assertThat(recipe.task(7).knowingNothing()).isCloseTo(3 * expected, within(1e-12));
        assertThat(recipe.task(7).undecided()).isEqualTo(undecided);
        assertThat(recipe.task(7).stepsPerEpoch()).isEqualTo(7);
    }

    private static List<String> keys(String yaml) {
        return yaml.lines()
                .filter(line -> line.contains(": ") && !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(": ")))
                .toList();
    }

    /** The table of the original's options. */
    @Test
    void publishedRecipes() {
        CutRecipe cut = published("cut");
        CutRecipe defaults = of("");
        assertThat(cut.cut()).isEqualTo(defaults.cut());
        assertThat(cut.networks()).isEqualTo(defaults.networks());
        assertThat(cut.views()).isEqualTo(defaults.views());
        assertThat(cut.rate()).isEqualTo(new TranslationRate(2e-4, TranslationRate.Policy.LINEAR, 200, 50));
        assertThat(cut.training().epochs()).isEqualTo(400);
        assertThat(cut.training().batchSize()).isEqualTo(1);

        CutRecipe fast = published("fastcut");
        assertThat(fast.cut())
                .isEqualTo(new CutOptions(
                        GanMode.LSGAN,
                        1,
                        10,
                        false,
                        true,
                        List.of(0, 4, 8, 12, 16),
                        CutOptions.Negatives.IMAGE,
                        0.07,
                        256,
                        0,
                        10,
                        0));
        assertThat(fast.networks()).isEqualTo(cut.networks());
        assertThat(fast.training().epochs()).isEqualTo(200);
        assertThat(fast.rate().decayEpochs()).isEqualTo(50);

        CutRecipe sin = published("sincut");
        assertThat(sin.cut())
                .isEqualTo(new CutOptions(
                        GanMode.NONSATURATING,
                        1,
                        4,
                        true,
                        false,
                        List.of(0, 2, 4),
                        CutOptions.Negatives.BATCH,
                        0.07,
                        1,
                        1,
                        10,
                        1));
        assertThat(sin.networks().ngf()).isEqualTo(10);
        assertThat(sin.networks().ndf()).isEqualTo(8);
        assertThat(sin.rate().lr()).isEqualTo(2e-3);
        assertThat(sin.adam()).isEqualTo(new io.juxta.train.Adam.Options(0, 0.99));
        assertThat(sin.training().epochs()).isEqualTo(16);
        assertThat(sin.training().batchSize()).isEqualTo(16);
        assertThat(sin.views().cropSize()).isEqualTo(64);
    }

    private static CutRecipe published(String name) {
        return CutRecipe.bind(Recipe.read(RECIPES.resolve("translation/" + name + ".yaml")));
    }
}
