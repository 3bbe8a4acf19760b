package io.juxta.cut.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.data.Domains;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images a run trains on. */
class DomainKeysTest {
    @TempDir
    Path root;

    private void images(String folder, int count) throws IOException {
        Path of = Files.createDirectories(root.resolve(folder));
        for (int i = 0; i < count; i++) {
            ImageIO.write(
                    new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB),
                    "png",
                    of.resolve(i + ".png").toFile());
        }
    }

    private Domains trained(String keys) throws IOException {
        return Recipe.parse(keys, "r.yaml").bind(DomainKeys.class).trained(root);
    }

    private static List<String> names(Dataset images) {
        return IntStream.range(0, images.size()).mapToObj(images::name).toList();
    }

    @Test
    void onlyTheFirstImagesOfEachDomainAreTrainedOn() throws IOException {
        images("A", 9);
        images("B", 3);
        Domains some = trained("max-dataset-size: 4\n");
        assertThat(names(some.a())).containsExactly("0.png", "1.png", "2.png", "3.png");
        assertThat(names(some.b())).containsExactly("0.png", "1.png", "2.png");
        assertThat(some.found()).endsWith(", of each at most the first 4");
        // what is held out is taken away first
        assertThat(names(trained("max-dataset-size: 4\nhold-out: 3\n").a()))
                .containsExactly("0.png", "1.png", "3.png", "4.png");
        // by the direction, as by the domain
        assertThat(names(trained("max-dataset-size: 4\ndirection: b-to-a\n").b()))
                .hasSize(4);
        assertThat(trained("max-dataset-size: 9\n").found())
                .isEqualTo(trained("max-dataset-size: null\n").found())
                .isEqualTo("A: 9 images of A, B: 3 of B");
        assertThatThrownBy(() -> trained("max-dataset-size: 0\n"))
                .hasMessage("r.yaml line 1: max-dataset-size 0 must be at least 1, or null for all");
    }
}
