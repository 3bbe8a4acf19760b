package io.juxta.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Knows the folder of a run by what is in it, wherever it lies and whatever it is called: its pictures are no data. */
final class OwnRuns {
    private static final int HEAD = 1 << 16;
    private static final List<String> BESIDE = List.of("checkpoints", "metrics.csv", "events.jsonl", ".lock");

    private OwnRuns() {}

    static boolean isOne(Path folder) {
        Path recipe = folder.resolve("recipe.yaml");
        if (!Files.isRegularFile(recipe) || BESIDE.stream().noneMatch(name -> Files.exists(folder.resolve(name)))) {
            return false;
        }
        try (InputStream in = Files.newInputStream(recipe)) {
            String text = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
            return text.lines().anyMatch(line -> line.startsWith("method:"));
        } catch (IOException e) {
            return true; // whoever may not read the recipe cannot resume the run, but it is one
        }
    }
}
