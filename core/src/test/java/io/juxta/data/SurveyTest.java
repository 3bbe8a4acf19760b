package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurveyTest {
    @TempDir
    Path root;

    @Test
    void saysWhatWasTakenForWhatAndWhatWasLeft() throws IOException {
        Drawn.write(root.resolve("train/ants/a.png"), 8, 9, 1);
        Drawn.write(root.resolve("train/ants/b.png"), 8, 9, 2);
        Drawn.write(root.resolve("train/bees/c.png"), 8, 9, 3);
        Drawn.write(root.resolve("train/d.png"), 8, 9, 4);
        Files.writeString(root.resolve("train/list.txt"), "ants/a.png");
        Drawn.write(root.resolve("Val/ants/e.png"), 8, 9, 5);
        Drawn.write(root.resolve("Val/bees/f.png"), 8, 9, 6);
        Drawn.write(root.resolve("extra/g.png"), 8, 9, 7);
        Drawn.write(root.resolve("loose.png"), 8, 9, 8);
        Files.writeString(root.resolve("readme.txt"), "no picture, so not a word of it");
        Map<String, Dataset> sets = new LinkedHashMap<>();
        sets.put("training", Datasets.open(root, Split.TRAIN));
        sets.put("held out", Datasets.open(root, Split.TEST));
        Survey survey = Survey.of(root, sets);
        assertThat(survey.lines())
                .containsExactly(
                        "data      " + root,
                        "training  train: 4 images in 2 classes (ants 2, bees 1), 1 of them in none",
                        "held out  Val: 2 images in 2 classes (ants 1, bees 1)",
                        "left out  1 other file (1 .txt)",
                        "          extra/, loose.png, which lie beside");
        assertThat(survey.beside()).containsExactly("extra/", "loose.png");
        assertThat(survey.isAll()).isFalse();
    }

    @Test
    void aFlatFolderIsShortlyTold() throws IOException {
        Drawn.write(root.resolve("a.png"), 8, 9, 1);
        Survey survey = Survey.of(root, Map.of("images", ImageFolder.open(root)));
        assertThat(survey.lines()).containsExactly("data      " + root, "images    1 image, no classes");
        assertThat(survey.isAll()).isTrue();
    }
}
