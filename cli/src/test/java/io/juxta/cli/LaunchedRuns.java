package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For tests of several real processes that train one model, by {@code launch} or started one by one. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
abstract class LaunchedRuns {
    @TempDir
    static Path root;

    static Path recipe;
    static Path data;

    @BeforeAll
    static void draw() throws IOException {
        recipe = TinyRun.recipe(root);
        data = TinyRun.images(root.resolve("images"), 24);
    }

    /** What two processes come to when nothing happens to them. */
    static Path undisturbed(int epochs, String... more) throws IOException, InterruptedException {
        Path whole = root.resolve("whole");
        JuxtaProcess.Result result = JuxtaProcess.run(launch("--timeout=30", command(whole, epochs, more)));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines()).allMatch(line -> line.startsWith("[0] ") || line.isBlank());
        assertThat(result.out())
                .contains("[0] epoch " + epochs + "/" + epochs + ": ")
                .contains("in each of 2 processes");
        return whole;
    }

    static String[] launch(String option, List<String> command) {
        List<String> words = new ArrayList<>(List.of("launch", "--processes=2", option, "--"));
        words.addAll(command);
        return words.toArray(String[]::new);
    }

    static List<String> command(Path run, int epochs, String... more) {
        List<String> words = new ArrayList<>(List.of("pretrain", recipe.toString(), "--quiet", "--data=" + data));
        words.addAll(List.of("--run=" + run, "--set=epochs=" + epochs, "--set=checkpoint-minutes=0"));
        words.addAll(List.of(more));
        return words;
    }

    static List<Double> losses(Path run) throws IOException {
        return column(run, "loss");
    }

    static List<Double> column(Path run, String name) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("metrics.csv"));
        int column = List.of(lines.get(0).split(",", -1)).indexOf(name);
        return lines.stream()
                .skip(1)
                .map(line -> line.split(",", -1)[column])
                .filter(value -> !value.isEmpty())
                .map(Double::valueOf)
                .toList();
    }

    static ProcessBuilder rank(int rank, String port, Map<String, String> environment, String... more) {
        return rank(rank, port, environment, command(root.resolve("wrong"), 1, more));
    }

    static ProcessBuilder rank(int rank, String port, Map<String, String> environment, List<String> words) {
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, words.toArray(String[]::new));
        builder.environment().putAll(environment);
        builder.environment().put("RANK", Integer.toString(rank));
        builder.environment().put("MASTER_ADDR", "127.0.0.1");
        builder.environment().put("MASTER_PORT", port);
        return builder;
    }

    /** What each complains of; all must end by themselves, with status 1. */
    static List<List<String>> said(List<ProcessBuilder> builders) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (ProcessBuilder builder : builders) {
            Path err = Files.createTempFile(root, "rank", ".err");
            files.add(err);
            processes.add(builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(err.toFile())
                    .start());
        }
        List<List<String>> said = new ArrayList<>();
        try {
            for (int i = 0; i < processes.size(); i++) {
                boolean ended = processes.get(i).waitFor(60, TimeUnit.SECONDS);
                List<String> lines = Files.readAllLines(files.get(i));
                assertThat(ended).as("ended: %s", lines).isTrue();
                assertThat(processes.get(i).exitValue()).as(lines.toString()).isEqualTo(ExitStatus.FAILED);
                said.add(lines);
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        return said;
    }
}
