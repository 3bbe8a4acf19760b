package io.juxta.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.log.EventReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_500), ZoneOffset.UTC);

    /** Put together by hand from the formats' descriptions, in another language. */
    private static final List<String> GOLDEN = List.of(
            // length and its checksum; wall time 1.5, step 7; field 3 of 13 bytes, the version; checksum
            "1a00000000000000129bd82d09000000000000f83f10071a0d627261696e2e4576656e743a32da446486",
            // field 7 of 2 bytes, a session log whose status is 1
            "0f000000000000006d532b0909000000000000f83f10073a020801774771c7",
            // field 5 of 19 bytes, a summary; its value of 17, with a tag of 10 and a float
            "200000000000000029eda95009000000000000f83f10072a130a110a0a747261696e2f6c6f7373150000c840b3bc7a4d");

    @TempDir
    Path folder;

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Path path;
        try (EventFile file = EventFile.create(folder, 7, CLOCK)) {
            file.add(7, Map.of("train/loss", 6.25));
            path = file.path();
        }
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(path))).isEqualTo(String.join("", GOLDEN));
    }

    @Test
    void everyFieldIsReadBack() throws IOException {
        Path path;
        try (EventFile file = EventFile.create(folder, 1, CLOCK)) {
            file.add(300, Map.of("b", -1e30, "a/größe", 0.1, "none", Double.NaN, "over", Double.POSITIVE_INFINITY));
            file.add(Long.MAX_VALUE, Map.of("a", 0.0));
            file.add(301, Map.of("none", Double.NaN));
            path = file.path();
        }
        assertThat(EventReader.read(path))
                .containsExactly(
                        new Event(1.5, 1, "brain.Event:2", false, Map.of()),
                        new Event(1.5, 1, "", true, Map.of()),
                        new Event(1.5, 300, "", false, Map.of("a/größe", 0.1f, "b", -1e30f)),
                        new Event(1.5, Long.MAX_VALUE, "", false, Map.of("a", 0f)));
    }

    @Test
    void whatIsFlushedIsThereForOthers() throws IOException {
        try (EventFile file = EventFile.create(folder, 0, CLOCK)) {
            assertThat(EventReader.read(file.path())).hasSize(2);
            file.add(1, Map.of("a", 1.0));
            file.flush();
            assertThat(EventReader.read(file.path())).hasSize(3);
        }
    }

    @Test
    void everyStartHasAFileOfItsOwnInOrder() throws IOException {
        try (EventFile first = EventFile.create(folder, 0, CLOCK);
                EventFile second = EventFile.create(folder, 0, CLOCK)) {
            assertThat(first.path().getFileName().toString())
                    .matches("events\\.out\\.tfevents\\.0000000001\\.[A-Za-z0-9-]+\\.\\d+\\.0");
            assertThat(second.path().toString()).isGreaterThan(first.path().toString());
        }
    }
}
