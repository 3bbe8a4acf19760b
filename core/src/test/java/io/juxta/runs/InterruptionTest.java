package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class InterruptionTest {
    /** Works until it is told to stop, then saves. */
    static final class Worker {
        public static void main(String[] args) throws InterruptedException {
            try (Interruption interruption = Interruption.watch(() -> System.out.println("asked"))) {
                System.out.println("working");
                while (!interruption.requested()) {
                    Thread.sleep(10);
                }
                Thread.sleep(300);
                System.out.println("saved");
            }
        }
    }

    /** Works until its thread is interrupted, then saves. */
    static final class Sleeper {
        public static void main(String[] args) throws InterruptedException {
            try (Interruption interruption = Interruption.ofThisThread(() -> System.out.println("asked"))) {
                System.out.println("working");
                try {
                    Thread.sleep(100_000);
                } catch (InterruptedException e) {
                    Thread.sleep(300);
                    System.out.println("saved");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Worker.class, Sleeper.class})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void aSignalLetsTheWorkEndInGoodOrder(Class<?> worker) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        worker.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("working");
            // SIGTERM: a build in the background of a shell passes on that it ignores SIGINT
            process.toHandle().destroy();
            assertThat(out.readLine()).isEqualTo("asked");
            assertThat(out.readLine()).isEqualTo("saved");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void workThatEndsByItselfLeavesNothingBehind() {
        try (Interruption interruption = Interruption.watch(() -> {})) {
            assertThat(interruption.requested()).isFalse();
        }
    }
}
