package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code curate} that is killed at its work. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a file that a killed process had open stays locked for a while")
class CurateKillTest {
    @TempDir
    Path root;

    /** Killed while it measures: the same command ends with what one finds that nobody disturbed. */
    @Test
    void aKillChangesNothing() throws Exception {
        Path many = root.resolve("many");
        List<Path> pictures;
        try (Stream<Path> files =
                Files.list(TinyRun.images(root.resolve("images"), 24).resolve("lying"))) {
            pictures = files.sorted().toList();
        }
        for (int i = 0; i < 3000; i++) {
            Path folder = Files.createDirectories(many.resolve("part" + i % 2));
            Files.createLink(folder.resolve(i + ".png"), pictures.get(i % pictures.size()));
        }
        Path out = root.resolve("killed");
        Path measures = out.resolve(".kept/measures.jsonl");
        Process process = JuxtaProcess.builder(Main.class, "curate", "--data=" + many, "--output=" + out, "--quiet")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        while (process.isAlive() && (!Files.exists(measures) || Files.size(measures) < 1000)) {
            Thread.sleep(1);
        }
        process.destroyForcibly().waitFor();
        assertThat(process.exitValue()).isNotZero();
        assertThat(out.resolve("curation.json")).doesNotExist();
        assertThat(Files.size(measures)).isGreaterThanOrEqualTo(1000);

        Path whole = root.resolve("undisturbed");
        for (Path folder : List.of(out, whole)) {
            JuxtaProcess.Result result = TinyRun.call("curate", "--data=" + many, "--output=" + folder, "--quiet");
            assertThat(result.err()).isEmpty();
        }
        for (String table : List.of("quality.csv", "groups.csv", "curation.json")) {
            assertThat(out.resolve(table)).hasSameTextualContentAs(whole.resolve(table));
        }
    }
}
