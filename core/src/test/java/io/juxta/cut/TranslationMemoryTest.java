package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.cut.strips.Chain;
import io.juxta.data.LoaderOptions;
import io.juxta.train.recipe.Recipe;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run of CUT is said to take; that runs take about as much is in docs/results.md. */
class TranslationMemoryTest {
    private static CutRecipe recipe(String more) {
        return CutRecipe.bind(Recipe.parse(
                "ngf: 8\nndf: 8\n" + (more.contains("batch-size") ? "" : "batch-size: 1\n") + more.replace(", ", "\n"),
                "tiny"));
    }

    private static double mib(String more) {
        CutRecipe recipe = recipe(more);
        return TranslationMemory.of(recipe, LoaderOptions.of(recipe.training().batchSize(), 0)) / 1048576.0;
    }

    /** Each layer's share is that of what it really leaves; a discriminator's sides may be a pixel off, and all of it by a seventh. */
    @ParameterizedTest
    @CsvSource({"antialias: true", "'antialias: false, antialias-up: false'", "netG: resnet-6blocks", "netG: stylegan2"
    })
    void layersLeaveWhatIsCounted(String more) {
        CutRecipe recipe = recipe(more + (more.contains("stylegan2") ? ", nce-layers: [0,2]" : ""));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            var G = recipe.networks().shapes(64);
            same(G.chain());
            Chain ofD = recipe.networks().discriminator(128).chain();
            double left = 0;
            Tensor y = torch.zeros(1, 3, 128, 128);
            for (Chain.Link link : ofD.links()) {
                y = link.layer().forward(y);
                left += link.kept() * y.numel();
            }
            assertThat((double) ofD.kept(128, 128)).isCloseTo(left, within(0.15 * left));
        }
    }

    private static void same(Chain chain) {
        Tensor y = torch.zeros(1, chain.in(), 64, 64);
        for (int layer = 0; layer < chain.links().size(); layer++) {
            Chain.Link link = chain.links().get(layer);
            double counted =
                    chain.before(layer + 1).kept(64, 64) - chain.before(layer).kept(64, 64);
            y = link.layer().forward(y);
            assertThat(counted).as("layer " + layer).isCloseTo(link.kept() * y.numel(), within(1e-9));
        }
    }

    @Test
    void itGrowsWithPicturesAndShrinksWithTheType() {
        double one = mib("crop-size: 128");
        double none = mib("crop-size: 16, netD: pixel");
        double activations = one - none;
        assertThat(mib("crop-size: 128, batch-size: 3") - none).isCloseTo(3 * activations, within(0.1 * activations));
        assertThat(mib("crop-size: 256") - none).isCloseTo(4 * activations, within(0.2 * activations));
        // most of the activations in half the space, weights once more beside theirs
        assertThat(mib("crop-size: 128, precision: bfloat16") - none).isBetween(0.6 * activations, 0.75 * activations);
        // no second domain goes through the generator
        assertThat(mib("crop-size: 128, nce-idt: false") - none).isBetween(0.4 * activations, 0.7 * activations);
    }
}
