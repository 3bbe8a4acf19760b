package io.juxta.examples;

import static io.juxta.examples.TinyService.CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The service as a program. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ImageServiceMainTest {
    @TempDir
    static Path folder;

    private static TinyService tiny;

    @BeforeAll
    static void make() throws IOException {
        tiny = new TinyService(folder);
    }

    @AfterAll
    static void stop() {
        tiny.close();
    }

    /** The program itself, told to end as a service manager does it. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void theProgramServesAndEnds() throws IOException, InterruptedException {
        Process process = program(
                "--encoder",
                folder.resolve("encoder.safetensors").toString(),
                "--index",
                folder.resolve("index.safetensors").toString(),
                "--port",
                "0");
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            assertThat(line).startsWith("listening on http://127.0.0.1:");
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(line.substring("listening on ".length()) + "/search?k=1"))
                    .POST(BodyPublishers.ofByteArray(tiny.images.get(7)))
                    .build();
            assertThat(CLIENT.send(request, BodyHandlers.ofString()).body())
                    .startsWith("{\"matches\":[{\"name\":\"7\",");
            process.toHandle().destroy(); // that of the process would close its output as well
            assertThat(out.lines().toList()).containsExactly("stopped");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theProgramRefusesInOneLine() throws IOException, InterruptedException {
        assertThat(complaint(2, "--port", "1")).isEqualTo("service: --encoder WEIGHTS is needed, see the README");
        assertThat(complaint(2, "--verbose")).startsWith("service: give --encoder WEIGHTS");
        assertThat(complaint(1, "--encoder", folder.resolve("none").toString())).contains("none");
    }

    private static String complaint(int status, String... arguments) throws IOException, InterruptedException {
        Process process = program(arguments);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = out.lines().toList();
            assertThat(lines).hasSize(1);
            assertThat(process.waitFor()).isEqualTo(status);
            return lines.get(0);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process program(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "@" + Path.of("").toAbsolutePath().resolveSibling("jvm.options"),
                "-cp",
                System.getProperty("java.class.path"),
                ImageServiceMain.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
