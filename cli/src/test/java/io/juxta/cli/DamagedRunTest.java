package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files of a run that a power cut or a hand has emptied, cut or overwritten: one line each, and never a default. */
class DamagedRunTest extends TinyRuns {
    private static final UnaryOperator<byte[]> EMPTIED = bytes -> new byte[0];
    private static final UnaryOperator<byte[]> ZEROED = bytes -> new byte[bytes.length];
    private static final UnaryOperator<byte[]> HALVED = bytes -> Arrays.copyOf(bytes, bytes.length / 2);
    private static final UnaryOperator<byte[]> GARBLED = bytes -> {
        byte[] noise = new byte[bytes.length];
        new Random(1).nextBytes(noise);
        return noise;
    };
    private static final List<UnaryOperator<byte[]>> DAMAGES = List.of(EMPTIED, ZEROED, HALVED, GARBLED);

    private static void damage(Path file, UnaryOperator<byte[]> how) throws IOException {
        Files.write(file, how.apply(Files.readAllBytes(file)));
    }

    private static Path copy(String name) throws IOException {
        Path copy = root.resolve(name);
        try (Stream<Path> all = Files.walk(whole)) {
            for (Path file : all.toList()) {
                Path to = copy.resolve(whole.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
        return copy;
    }

    @Test
    void aRecipeThatIsNotWholeIsTakenFromTheCheckpoint() throws IOException {
        String recipe = Files.readString(whole.resolve("recipe.yaml"));
        int number = 0;
        for (UnaryOperator<byte[]> how : DAMAGES) {
            Path run = copy("recipe" + number++);
            damage(run.resolve("recipe.yaml"), how);
            JuxtaProcess.Result resumed = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run);
            assertThat(resumed.err()).isEmpty();
            assertThat(resumed.out())
                    .startsWith(run.resolve("recipe.yaml") + ": is ")
                    .contains(
                            "; the recipe is taken from " + run.resolve("checkpoints/last.safetensors")
                                    + ", which holds it too\n",
                            "resumed after 2 epochs, of 2")
                    .doesNotContain("changed since");
            assertThat(run.resolve("recipe.yaml")).hasContent(recipe);
        }
        Path run = copy("recipe-gone");
        Files.delete(run.resolve("recipe.yaml"));
        JuxtaProcess.Result resumed = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run);
        assertThat(resumed.err()).isEmpty();
        assertThat(run.resolve("recipe.yaml")).hasContent(recipe);
    }

    /** Cut behind any of its bytes it is either noticed or, the last line feed aside, whole. */
    @Test
    void aRecipeOfARunWithoutCheckpointsIsNotCompletedByDefaults() throws IOException {
        byte[] recipe = Files.readAllBytes(whole.resolve("recipe.yaml"));
        for (int length : List.of(0, 1, 20, recipe.length / 2, recipe.length - 2, recipe.length - 1)) {
            Path run = Files.createDirectories(root.resolve("cut" + length));
            Files.write(run.resolve("recipe.yaml"), Arrays.copyOf(recipe, length));
            JuxtaProcess.Result refused =
                    TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
            assertThat(refused.err())
                    .startsWith("juxta: " + run.resolve("recipe.yaml") + ": is ")
                    .contains("start the run again with its recipe")
                    .hasLineCount(1);
            assertThat(refused.status()).isNotZero();
        }
        // at the end of a line it is good YAML
        String lines = new String(recipe, java.nio.charset.StandardCharsets.UTF_8);
        Path run = Files.createDirectories(root.resolve("lines"));
        Files.writeString(run.resolve("recipe.yaml"), lines.substring(0, lines.indexOf("\nepochs") + 1));
        JuxtaProcess.Result refused = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
        assertThat(refused.err()).contains("is cut short: it lacks ").hasLineCount(1);
    }

    @Test
    void everyOtherFileIsNamedOrDoneWithout() throws IOException {
        List<String> said = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(whole)) {
            files = all.filter(Files::isRegularFile)
                    .map(whole::relativize)
                    .filter(file -> !file.toString().matches("\\.lock|events.*|projector.*|recipe.yaml|report.html"))
                    .toList();
        }
        int number = 0;
        for (Path file : files) {
            for (UnaryOperator<byte[]> how : List.of(EMPTIED, HALVED, GARBLED)) {
                Path run = copy("file" + number++);
                damage(run.resolve(file.toString()), how);
                for (String[] command : List.of(
                        new String[] {"report", run.toString()},
                        new String[] {"evaluate", "knn", run.toString(), "--data=" + data, "--set=knn-k=5"},
                        new String[] {"export", run.toString(), "--format=torchvision", "--output=" + run + "/out.pth"},
                        new String[] {"pretrain", "--quiet", "--resume", "--run=" + run})) {
                    JuxtaProcess.Result result = TinyRun.call(command);
                    String errors = result.err()
                            .lines()
                            .filter(line -> line.startsWith("juxta: ") && !line.startsWith("juxta: warning: "))
                            .reduce("", (a, b) -> a + b + "\n");
                    said.add(file + " " + command[0] + ": " + result.status() + " " + result.err());
                    assertThat(result.err()).as("%s", said).doesNotContain("\tat ", "bug");
                    assertThat(result.out()).doesNotContain("changed since");
                    if (result.status() != 0) {
                        assertThat(errors)
                                .as("%s", said)
                                .contains(file.getFileName().toString());
                        assertThat(errors.lines()).as("%s", said).hasSize(1);
                    }
                }
                delete(run);
            }
        }
        assertThat(said).anyMatch(line -> line.startsWith("encoder.safetensors export: 1"));
        assertThat(said).anyMatch(line -> line.startsWith(Path.of("checkpoints", "last.safetensors") + " pretrain: 1"));
        assertThat(said).anyMatch(line -> line.startsWith("images.tsv.gz pretrain: 1"));
        assertThat(said).anyMatch(line -> line.startsWith("metrics.csv pretrain: 0"));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
