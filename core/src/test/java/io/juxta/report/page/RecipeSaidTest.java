package io.juxta.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report knows of a distillation by its recipe. */
class RecipeSaidTest {
    private static final String COMMON = "method: distill\nK: 4096\nbatch-size: 128\ndim: 384\n";

    @TempDir
    Path run;

    private RecipeSaid said(String more) throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), COMMON + more);
        return RecipeSaid.read(run);
    }

    @Test
    void similaritiesHaveTheLineOfAQueue() throws IOException {
        RecipeSaid seed = said("loss: seed\n");
        assertThat(seed.lossOfKnowingNothing().orElseThrow()).isCloseTo(Math.log(4097), within(1e-12));
        assertThat(seed.stepsToFill()).contains(32L);
    }

    @Test
    void regressionHasALineOfItsOwnAndNoQueue() throws IOException {
        RecipeSaid regression = said("loss: regression\n");
        assertThat(regression.lossOfKnowingNothing()).contains(2.0);
        assertThat(regression.stepsToFill()).isEmpty();
    }
}
