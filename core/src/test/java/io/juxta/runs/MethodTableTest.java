package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The table of methods names those that there are, and the page shows it. */
class MethodTableTest {
    @Test
    void aRowForEachMethod() {
        assertThat(MethodTable.rows().stream().map(MethodTable.Row::method))
                .containsExactlyInAnyOrderElementsOf(RecipeKeys.methods().keySet());
    }

    @Test
    void eachBeginsWithARecipeOfItsOwn() {
        for (MethodTable.Row row : MethodTable.rows()) {
            assertThat(RecipeKeys.method(Recipes.text(row.recipe()), row.recipe()))
                    .as(row.recipe())
                    .isEqualTo(row.method());
        }
    }

    @Test
    void thePageShowsIt() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "methods.md")).replace("\r\n", "\n"))
                .as("the table of docs/methods.md: ./juxta methods --markdown")
                .contains(MethodTable.markdown());
    }
}
