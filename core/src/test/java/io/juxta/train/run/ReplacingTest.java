package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacingTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void ofTwoWhoWriteTheSameFileNeitherFailsAndOneIsWhole() throws Exception {
        Path file = folder.resolve("report.html");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (byte writer = 1; writer <= 2; writer++) {
                byte[] page = new byte[1 << 18];
                Arrays.fill(page, writer);
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        Replacing.write(file, page);
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                try {
                    writer.get();
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
        } finally {
            threads.shutdownNow();
        }
        byte[] written = Files.readAllBytes(file);
        byte[] whole = new byte[1 << 18];
        Arrays.fill(whole, written[0]);
        assertThat(written).isEqualTo(whole);
        assertThat(names()).containsExactly("report.html");
    }

    @Test
    void whatADeadWriterLeftIsTakenAwayAndALivingOnesStays() throws IOException {
        String dead = ".report.html.999999999999-1.tmp"; // no system has as many processes
        String living = ".report.html." + ProcessHandle.current().pid() + "-0.tmp";
        String anothers = ".metrics.csv.999999999999-1.tmp";
        for (String name : List.of(dead, living, anothers)) {
            Files.writeString(folder.resolve(name), "half");
        }
        Replacing.write(folder.resolve("report.html"), "whole");
        assertThat(names()).containsExactlyInAnyOrder(living, anothers, "report.html");
        assertThat(folder.resolve("report.html")).hasContent("whole");
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        Path file = folder.resolve("nowhere/report.html");
        assertThatThrownBy(() -> Replacing.write(file, "x"))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": no such folder");
    }
}
