package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is printed as the next command works when it is pasted into a shell. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no POSIX shell to take the words apart")
@Tag("slow")
class HintsTest {
    private static final Pattern HINT = Pattern.compile("\\./juxta .*");

    @TempDir
    static Path root;

    /** Runs every command that was printed, as a shell would; none is an error of the test. */
    private static List<JuxtaProcess.Result> paste(String printed) throws IOException, InterruptedException {
        List<JuxtaProcess.Result> results = new ArrayList<>();
        Matcher hints = HINT.matcher(printed);
        while (hints.find()) {
            Process shell =
                    new ProcessBuilder("sh", "-c", "set -- " + hints.group() + "; printf '%s\\n' \"$@\"").start();
            String[] words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
            assertThat(shell.waitFor()).isZero();
            String[] arguments = new String[words.length];
            System.arraycopy(words, 1, arguments, 0, words.length - 1);
            arguments[words.length - 1] = "--quiet";
            results.add(TinyRun.call(arguments));
        }
        assertThat(results).as("hints in: " + printed).isNotEmpty();
        return results;
    }

    private static String stopped(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--quiet", "--set=checkpoint-minutes=0.00001"));
        Process process = JuxtaProcess.builder(Main.class, all.toArray(String[]::new))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        StringBuilder said = new StringBuilder();
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith("epoch 1/")) {
                    process.toHandle().destroy();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        return said.toString();
    }

    @Test
    void aStoppedRunGoesOn() throws Exception {
        Path folder = Files.createDirectories(root.resolve("my pictures & 'theirs'"));
        Path recipe = TinyRun.recipe(folder);
        Path data = TinyRun.images(folder.resolve("set"), 24);
        Path run = folder.resolve("a run");
        String said = stopped(
                "pretrain", recipe.toString(), "--data=" + data, "--run=" + run, "--set=epochs=200", "--set=lr=0.001");
        assertThat(said).contains("stopped; go on with: ");
        shorten(run, 200);
        for (JuxtaProcess.Result result : paste(said)) {
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("resumed after ");
        }
        // and of a damaged checkpoint the one before
        Path last = run.resolve("checkpoints/last.safetensors");
        Files.write(last, new byte[100]);
        JuxtaProcess.Result refused = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run);
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        for (JuxtaProcess.Result result : paste(refused.err())) {
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("resumed after ");
        }
    }

    /** The test need not train to the end: the recipe's epochs come down to what is done, which resuming allows. */
    private static void shorten(Path run, int epochs) throws IOException {
        Path recipe = run.resolve("recipe.yaml");
        int done = Files.readAllLines(run.resolve("metrics.csv")).size() - 1;
        Files.writeString(
                recipe, Files.readString(recipe).replace("\nepochs: " + epochs + "\n", "\nepochs: " + done + "\n"));
    }

    @Test
    void aStoppedTranslationGoesOn() throws Exception {
        Path recipe = TranslateTrainTest.recipe(root);
        Path data = TranslateTrainTest.domains(root.resolve("domains of mine"));
        Path run = root.resolve("a translation");
        String said =
                stopped("translate", "train", recipe.toString(), "--data=" + data, "--run=" + run, "--set=epochs=300");
        shorten(run, 300);
        for (JuxtaProcess.Result result : paste(said)) {
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("resumed after ");
        }
    }

    @Test
    void aStoppedQuickstartGoesOn() throws Exception {
        Path run = root.resolve("quick");
        String said = stopped(
                "quickstart",
                "--run=" + run,
                "--set=epochs=200",
                "--set=width=8",
                "--set=threads=1",
                "--set=image-size=8",
                "--set=batch-size=2000",
                "--set=bn-groups=2",
                "--set=K=64",
                "--set=knn-every=0");
        shorten(run, 200);
        for (JuxtaProcess.Result result : paste(said)) {
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("resumed after ");
        }
        assertThat(TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run)
                        .err())
                .startsWith("juxta: " + run + " does not say where its images are")
                .hasLineCount(1);
    }

    @Test
    void whatAFolderKnowsIsNotAskedFor() throws Exception {
        Path data = root.resolve("known");
        TinyRun.images(data.resolve("train"), 24);
        TinyRun.images(data.resolve("test"), 6);
        Path run = root.resolve("knowing");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--run=" + run).err())
                .isEmpty();
        assertThat(TinyRun.call("evaluate", "knn", run.toString(), "--set=knn-k=5")
                        .status())
                .isZero();
        Path index = root.resolve("index.safetensors");
        JuxtaProcess.Result embedded =
                TinyRun.call("embed", run.toString(), "--split=train", "--output=" + index, "--quiet", "--device=cpu");
        assertThat(embedded.err()).isEmpty();
        JuxtaProcess.Result found =
                TinyRun.call("search", run.toString(), "--index=" + index, "--query=standing/1000.png", "--device=cpu");
        assertThat(found.err()).isEmpty();
        assertThat(found.out()).contains("most like standing/1000.png, of 24 images:");
        assertThat(TinyRun.call("duplicates", run.toString(), "--index=" + index, "--quiet")
                        .err())
                .isEmpty();
        JuxtaProcess.Result stranger =
                TinyRun.call("embed", index.toString(), "--output=" + root.resolve("x.npy"), "--quiet");
        assertThat(stranger.err()).startsWith("juxta: --data is missing: ").hasLineCount(1);
        assertThat(stranger.status()).isEqualTo(ExitStatus.WRONG_USAGE);
    }
}
