package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run that is killed again and again, among other moments while it writes a checkpoint, ends as if nothing had been. There are
 * four kinds of moments, one after the other: the first checkpoint being written, the beginning, a later checkpoint, some step.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a file that a killed process had open stays locked for a while")
class KillTest {
    private static final int IMAGES = 24;
    private static final int STEPS = IMAGES / 8;

    @TempDir
    Path root;

    /** What differs between kinds of runs. */
    private record Kind(List<String> command, String product, String firstWord, int rowsBefore) {
        static Kind of(String method) {
            return switch (method) {
                // of a translation, what was measured before the first epoch as well
                case "cut" -> new Kind(List.of("translate", "train"), "generator.safetensors", "6 images", 2);
                case "detect" -> new Kind(List.of("detect", "train"), "detector.safetensors", "6 pictures", 1);
                default -> new Kind(List.of("pretrain"), "encoder.safetensors", "24 images", 1);
            };
        }
    }

    private Path recipe;
    private Path data;
    private Kind kind;
    /** Enough that the last kill comes long before the end: each goes on by a few steps at most. */
    private int epochs;

    private String from = "";
    private String teaching = "";

    /**
     * Every kind of moment for one, the first and the last for those that differ most, one for each of the others: while a
     * checkpoint is written.
     */
    private static Stream<Arguments> runs() {
        Map<String, Integer> runs = new LinkedHashMap<>(
                Map.of("moco", 4, "from", 2, "distill", 2, "swav", 2, "deepcluster", 2, "cut", 2, "detect", 2));
        TinyMethods.all().forEach(method -> runs.putIfAbsent(method, 1));
        return runs.entrySet().stream().map(run -> Arguments.of(run.getKey(), run.getValue()));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void killsChangeNothing(String method, int kills) throws Exception {
        kind = Kind.of(method);
        epochs = kills == 1 ? 8 : 2 + 3 * kills;
        recipe = switch (method) {
            case "moco", "from" -> TinyRun.recipe(root);
            case "cut" -> TranslateTrainTest.recipe(root);
            case "distill" -> DistillPretrainTest.recipe(root, "seed", "once");
            case "detect" -> TinyDetection.recipe(root);
            default -> TinyMethods.recipe(root, method);
        };
        Path images = root.resolve("images");
        data = switch (method) {
            case "cut" -> TranslateTrainTest.domains(images);
            case "detect" -> TinyDetection.data(images);
            default -> TinyRun.images(images, IMAGES);
        };
        if (method.equals("from")) { // weights of another run, half of which stay as they are
            Path first = root.resolve("first");
            assertThat(TinyRun.call(command(first, "--set=epochs=1")).status()).isZero();
            from = "--from=" + first;
        }
        if (method.equals(
                "distill")) { // taught by another run's encoder, which has seen all images when the first step begins
            Path teacher = root.resolve("teacher");
            assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--run=" + teacher)
                            .status())
                    .isZero();
            teaching = "--teacher=" + teacher;
        }
        Path whole = root.resolve("whole");
        JuxtaProcess.Result begun = TinyRun.call(command(whole, "--set=checkpoint-minutes=0"));
        assertThat(begun.status()).as(begun.err()).isZero();

        Path run = root.resolve("killed");
        Random random = new Random(1);
        int inMidWrite = 0;
        for (int kill = 0; kill < kills; kill++) {
            int moment = kill == 0 ? 0 : kill + 4 - kills;
            int written = kills == 1 ? 2 * STEPS : moment < 2 ? 0 : 2 + random.nextInt(5);
            int millis = moment % 2 == 0 ? -1 : random.nextInt(moment == 1 ? 200 : 20);
            killed(run, written, millis, kill, kill == kills - 1);
            boolean caught = unfinished(run.resolve("checkpoints"));
            // on a busy machine the file may be whole before the kill arrives
            for (int again = 0; millis < 0 && kills > 1 && !caught && again < 3; again++) {
                killed(run, 0, millis, kill, false);
                caught = unfinished(run.resolve("checkpoints"));
            }
            inMidWrite += caught ? 1 : 0;
        }
        assertThat(kills > 1 ? inMidWrite : 1)
                .as("kills that left a checkpoint half written")
                .isPositive();
        assertThat(TinyRuns.rows(run))
                .as("an epoch was finished between the kills")
                .hasSizeGreaterThan(kind.rowsBefore);
        JuxtaProcess.Result last = JuxtaProcess.run(command(run, "--set=checkpoint-minutes=0", "--resume"));
        assertThat(last.err()).isEmpty();
        assertThat(last.status()).isEqualTo(ExitStatus.DONE);

        assertThat(run.resolve(kind.product)).hasSameBinaryContentAs(whole.resolve(kind.product));
        assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
        assertThat(TinyRuns.rows(run)).isEqualTo(TinyRuns.rows(whole)).hasSize(kind.rowsBefore + epochs);
        assertThat(TinyRun.below(run)).noneMatch(name -> name.endsWith(".tmp"));
    }

    private String[] command(Path run, String... more) {
        List<String> arguments = new ArrayList<>(kind.command);
        arguments.addAll(List.of(recipe.toString(), "--quiet"));
        arguments.addAll(List.of("--data=" + data, "--run=" + run, "--set=epochs=" + epochs));
        if (!from.isEmpty()) {
            arguments.addAll(List.of("--set=freeze-stages=2", "--set=backbone-lr-factor=0.5"));
        }
        if (!from.isEmpty() && !List.of(more).contains("--resume")) {
            arguments.add(from);
        }
        if (!teaching.isEmpty() && !List.of(more).contains("--resume")) {
            arguments.add(teaching);
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /**
     * Goes on with the run, saving at every step, until the process is killed.
     *
     * @param written checkpoints that it writes before
     * @param millis after them, or after its first word; negative for the moment when a checkpoint is being written
     * @param epochEnds whether an epoch is waited for as well, if none was finished yet
     */
    private void killed(Path run, int written, int millis, int kill, boolean epochEnds) throws Exception {
        String[] resume = Files.exists(run.resolve("recipe.yaml")) ? new String[] {"--resume"} : new String[0];
        List<String> more = new ArrayList<>(List.of(resume));
        more.add("--set=checkpoint-minutes=0.00001");
        Process process = JuxtaProcess.builder(Main.class, command(run, more.toArray(String[]::new)))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> said = new ArrayList<>();
            String line = "";
            while (line != null && !line.contains(kind.firstWord)) {
                line = out.readLine();
                said.add(String.valueOf(line));
            }
            assertThat(line).as("kill " + kill + ": " + said).isNotNull();
            Path checkpoints = run.resolve("checkpoints");
            for (int i = 0; i < written; i++) {
                FileTime last = modified(checkpoints.resolve("last.safetensors"));
                await(() -> !modified(checkpoints.resolve("last.safetensors")).equals(last));
            }
            if (epochEnds) {
                await(() -> Files.exists(run.resolve("metrics.csv"))
                        && TinyRuns.rows(run).size() > kind.rowsBefore);
            }
            if (millis >= 0) {
                Thread.sleep(millis);
            } else {
                await(() -> unfinished(checkpoints));
            }
            assertThat(process.isAlive())
                    .as("kill " + kill + " comes before the end")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 9);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call() && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
    }

    private static FileTime modified(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file);
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static boolean unfinished(Path checkpoints) throws IOException {
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.anyMatch(file -> file.toString().endsWith(".tmp"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
