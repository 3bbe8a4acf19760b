package io.juxta.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressFileTest {
    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path run;

    private static Clock at(long seconds) {
        return Clock.fixed(THEN.plusSeconds(seconds), ZoneOffset.UTC);
    }

    private static Pace pace() {
        TrainingOptions options = Recipe.parse("", "test")
                .with(List.of("epochs=2", "batch-size=8"))
                .bind(TrainingOptions.class);
        return new Pace(options, 4, Position.START);
    }

    private static Position position(int batch) {
        return new Position(0, batch, Map.of("loss", 1.5 * batch), 2.0 * batch, 0);
    }

    @Test
    void tellsWhereARunStandsUntilItEnds() throws IOException {
        assertThat(ProgressFile.read(run)).isEmpty();
        try (ProgressFile file = new ProgressFile(run, pace(), at(0))) {
            file.step(position(1), 0.1, Map.of("loss", 1.5));
            ProgressFile.Told told = ProgressFile.read(run, at(3)).orElseThrow();
            assertThat(told.age()).isEqualTo(Duration.ofSeconds(3));
            assertThat(told.now()).isEqualTo(new Pace.Now(1, 2, 1, 4, 1.5, 4, 0, 6, 14));
            // within the same second it is not written again, but at the end of an epoch it is
            file.step(position(2), 0.1, Map.of("loss", 1.5));
            file.step(position(4), 0.1, Map.of("loss", 1.5));
            assertThat(ProgressFile.read(run, at(0)).orElseThrow().now().step()).isEqualTo(4);
            assertThat(Files.list(run)).hasSize(1);
        }
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void aRunGoesOnWhereItCannotBeWritten() throws IOException {
        Files.createDirectory(run.resolve("progress.json"));
        Files.createFile(run.resolve("progress.json/in the way"));
        ProgressFile file = new ProgressFile(run, pace(), at(0));
        file.step(position(1), 0.1, Map.of("loss", 1.5));
        file.step(position(4), 0.1, Map.of("loss", 1.5));
        assertThat(ProgressFile.read(run)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "7", "{\"time\":\"now\"}", "{\"time\":\"2026-01-02T03:04:05Z\",\"step\":-1,\"steps\":3}"
            })
    void whatIsDamagedCountsForNothing(String text) throws IOException {
        Files.writeString(run.resolve("progress.json"), text);
        assertThat(ProgressFile.read(run)).isEmpty();
    }
}
