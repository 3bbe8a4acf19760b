package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    @Test
    void oneAloneHasTheWholeBatchAndTheRecipesSeed() {
        Recipe recipe = Recipe.parse("batch-size: 8\n", "it").with(List.of("seed=1"));
        Processes alone = Processes.alone();
        assertThat(alone.isFirst()).isTrue();
        assertThat(alone.size()).isEqualTo(1);
        assertThat(alone.loader(recipe.bind(TrainingOptions.class)).seed()).isEqualTo(1);
        assertThat(alone.loader(recipe.bind(TrainingOptions.class)).batchSize()).isEqualTo(8);
    }

    @Test
    void whatIsForOneProcessIsRefusedToNone() throws Exception {
        Processes.alone().requireAlone("this");
        assertThatThrownBy(() -> Recipe.named("folder/moco-v9")).hasMessageContaining("did you mean folder/moco-v2");
    }
}
