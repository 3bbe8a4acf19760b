package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ctrl-C as a person types it, on a terminal that shows progress: what is done is kept, and the last word says so. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "opens a pseudo-terminal as Linux does; elsewhere nothing is tested")
@Tag("slow")
class CtrlCTest extends TinyRuns {
    /** In the status line of a narrow terminal: epochs, and the first of three steps. */
    private static final String NARROW = "/1000000 1/3 ";

    private static final String FOREVER = "--set=epochs=1000000";
    private static final String NOTHING_KEPT =
            "juxta: interrupted before it was done: nothing is kept, the same command begins anew";
    private static final int COLUMNS = 100;
    /** More than any machine is through with before it is stopped: few pictures under many names. */
    private static final int MANY = 20_000;

    private static Path domains;
    private static Path translation;
    private static Path generator;
    private static Path many;

    @BeforeAll
    static void drawMore() throws IOException {
        domains = TranslateTrainTest.domains(root.resolve("domains"));
        translation = TranslateTrainTest.recipe(root);
        Path run = root.resolve("translated");
        assertThat(TinyRun.call(translates("--run=" + run, "--quiet", "--set=epochs=1"))
                        .status())
                .isZero();
        generator = run.resolve("generator.safetensors");
        many = root.resolve("many");
        for (String kind : List.of("lying", "standing")) {
            for (String part : List.of("train", "test")) {
                Path folder = Files.createDirectories(many.resolve(part).resolve(kind));
                Path picture =
                        data.resolve("test").resolve(kind).resolve(kind.equals("lying") ? "1001.png" : "1000.png");
                for (int i = 0; i < MANY / 4; i++) {
                    Files.createLink(folder.resolve(i + ".png"), picture);
                }
            }
        }
    }

    private static String[] pretrains(String... more) {
        return words(List.of("pretrain", recipe.toString(), "--data=" + data), more);
    }

    private static String[] translates(String... more) {
        return words(List.of("translate", "train", translation.toString(), "--data=" + domains), more);
    }

    private static String[] words(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static Terminal terminal(String noColor, String... arguments) {
        List<String> command =
                new ArrayList<>(JuxtaProcess.builder(Main.class, arguments).command());
        // what keeps picocli from colouring in the other tests
        command.remove("-Dpicocli.ansi=false");
        command.addAll(1, List.of("-Djuxta.terminal=true", "-Djuxta.terminal.out=true"));
        Map<String, String> environment = Map.of("TERM", "xterm", "NO_COLOR", noColor, "OMP_NUM_THREADS", "1");
        return Terminal.start(COLUMNS, environment, command.toArray(String[]::new));
    }

    /** Types Ctrl-C when a text is shown. @return what the terminal shows in the end, and the status as its last line */
    private static List<String> typed(String when, String... arguments) throws InterruptedException {
        try (Terminal terminal = terminal("1", arguments)) {
            terminal.await(when);
            terminal.type('\u0003');
            int status = terminal.await();
            List<String> rows = new ArrayList<>(TinyScreen.of(terminal.shown(), COLUMNS));
            rows.add("status " + status);
            return rows;
        }
    }

    /** A run that was stopped: its checkpoint is there, its end is told, and it goes on. */
    private static void assertGoesOn(Path run, List<String> rows, String product, String[] command) throws IOException {
        assertThat(rows)
                .as("the progress is gone, the last words are there")
                .noneMatch(row -> row.startsWith(run.getFileName().toString()) || row.startsWith("stopping after"))
                .anyMatch(row -> row.contains("stopped; go on with: "))
                .endsWith("status 130");
        assertThat(Files.readString(run.resolve("events.jsonl")).lines().toList())
                .last()
                .asString()
                .contains("\"event\":\"end\"", "\"how\":\"stopped\"");
        assertThat(run.resolve("progress.json")).doesNotExist();
        int epochs = epochsIn(run);
        JuxtaProcess.Result resumed =
                TinyRun.call(words(List.of(command), "--run=" + run, "--resume", "--set=epochs=" + (epochs + 1)));
        assertThat(resumed.err()).doesNotContain("juxta:");
        assertThat(resumed.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve(product)).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain", "translate train", "launch"})
    void aRunThatTrainsIsSavedAndGoesOn(String command) throws Exception {
        Path run = root.resolve("run of " + command);
        String[] again = command.equals("translate train") ? translates() : pretrains();
        String[] first = words(List.of(again), "--run=" + run, FOREVER);
        if (command.equals("launch")) {
            first = words(List.of("launch", "--processes=2", "--"), first);
        }
        List<String> rows = typed("epoch 2/1000000", first);
        String product = command.equals("translate train") ? "generator.safetensors" : "encoder.safetensors";
        assertGoesOn(run, rows, product, again);
    }

    @Test
    void theStatusLineFollowsTheWidthOfTheTerminal() throws Exception {
        Path run = root.resolve("narrow");
        try (Terminal terminal = terminal("1", pretrains("--run=" + run, FOREVER))) {
            terminal.await(", step ");
            terminal.resize(36);
            // a step and the time left of the run is what 36 columns have room for, whichever epoch it is by then
            terminal.await(NARROW);
            terminal.type('\u0003');
            assertThat(terminal.await()).isEqualTo(ExitStatus.INTERRUPTED);
            String shown = terminal.shown();
            String narrow = shown.substring(shown.lastIndexOf('\r', shown.indexOf(NARROW)));
            List<String> drawn = Arrays.stream(narrow.split("\r"))
                    .filter(each -> each.endsWith("\033[J") && each.contains("/1000000 "))
                    .toList();
            assertThat(drawn).isNotEmpty().allMatch(each -> each.length() - "\033[J".length() < 36);
        }
    }

    @Test
    void errorsAndHelpAreColouredUnlessOneSaysNo() throws Exception {
        try (Terminal terminal = terminal("", "pretrian")) {
            assertThat(terminal.await()).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(terminal.shown()).startsWith("\033[31mjuxta:\033[0m unknown command 'pretrian'");
        }
        try (Terminal terminal = terminal("1", "pretrian")) {
            terminal.await();
            assertThat(terminal.shown()).startsWith("juxta: unknown command");
        }
        try (Terminal terminal = terminal("1", "help")) {
            terminal.await();
            assertThat(terminal.shown()).startsWith("Usage: juxta").doesNotContain("\033");
        }
    }

    @Test
    void quickstartIsSaved() throws Exception {
        Path run = root.resolve("quickstart");
        List<String> rows = typed(", step ", "quickstart", "--run=" + run, "--set=knn-every=0", "--set=threads=1");
        assertThat(rows)
                .anyMatch(row -> row.startsWith("stopped; go on with: "))
                .endsWith("status 130");
        assertThat(run.resolve("checkpoints/last.safetensors")).exists();
        assertThat(Files.readString(run.resolve("events.jsonl"))).contains("\"how\":\"stopped\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evaluate knn", "embed", "duplicates", "search"})
    void aPassOverManyImagesIsBrokenOff(String command) throws Exception {
        Path output = root.resolve(command + ".npz");
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(whole.toString(), "--data=" + many));
        switch (command) {
            case "embed" -> words.add("--output=" + output);
            case "search" -> words.add("--query=" + data.resolve("test/lying/1001.png"));
            default -> {}
        }
        List<String> rows =
                typed(command.equals("evaluate knn") ? "features: " : "embedding: ", words.toArray(String[]::new));
        assertThat(rows)
                .as("the progress is gone, what was said before stays")
                .noneMatch(row -> row.startsWith("features: ") || row.startsWith("embedding: "))
                .endsWith(NOTHING_KEPT, "status 130");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear --set=probe-mode=cached --set=probe-epochs=", "semi --set=semi-epochs="})
    void aClassifierInTrainingIsBrokenOff(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of("evaluate"));
        words.addAll(List.of((command + "1000000").split(" ")));
        words.addAll(2, List.of(whole.toString(), "--data=" + data));
        List<String> rows = typed("epoch 2:", words.toArray(String[]::new));
        assertThat(rows).contains(NOTHING_KEPT).endsWith("status 130");
    }

    @Test
    void whatIsTranslatedIsKept() throws Exception {
        Path output = root.resolve("translated pictures");
        List<String> rows = typed(
                "translating: 1", "translate", "apply", generator.toString(), "--input=" + many, "--output=" + output);
        assertThat(rows.get(0)).matches("\\d+ of " + MANY + " images translated into .*");
        assertThat(rows.get(rows.size() - 2)).contains("interrupted: what is translated is kept");
        assertThat(rows).endsWith("status 130");
        assertThat(TinyRun.below(output))
                .anyMatch(name -> name.endsWith(".png"))
                .noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void preparedPhotosAreKept() throws Exception {
        Path output = root.resolve("prepared");
        List<String> rows = typed("preparing: 1", "prepare", "--data=" + many, "--output=" + output);
        assertThat(rows.get(rows.size() - 2)).contains("interrupted: what is prepared is kept");
        assertThat(rows).endsWith("status 130");
        assertThat(TinyRun.below(output))
                .anyMatch(name -> name.endsWith(".png"))
                .noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void whatIsMeasuredIsKept() throws Exception {
        Path output = root.resolve("curated");
        List<String> rows = typed("measuring: 1", "curate", "--data=" + many, "--output=" + output);
        assertThat(rows)
                .noneMatch(row -> row.startsWith("measuring: "))
                .endsWith("juxta: interrupted: what is done is kept, the same command goes on", "status 130");
        assertThat(output.resolve(".kept/measures.jsonl")).isNotEmptyFile();
        assertThat(output.resolve("curation.json")).doesNotExist();
    }

    @Test
    void exploringEnds() throws Exception {
        List<String> rows =
                typed("Ctrl-C ends it", "explore", "--data=" + data, "--encoder=" + whole, "--port=0", "--quiet");
        assertThat(rows).anyMatch(row -> row.startsWith("http://127.0.0.1:")).endsWith("status 130");
    }

    @Test
    void watchingEnds() throws Exception {
        List<String> rows = typed("Ctrl-C ends it", "watch", whole.toString(), "--port=0");
        assertThat(rows).hasSize(2).endsWith("status 130");
    }
}
