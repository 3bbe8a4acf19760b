package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.DetectedObject;
import io.juxta.DetectionOptions;
import io.juxta.Detector;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve}, as a process that is asked and told to end. */
@Tag("slow")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path root;

    static Path run = Path.of("");
    static Path images = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        run = root.resolve("run");
        images = TinyRun.images(root.resolve("images"), 24);
        JuxtaProcess.Result result = TinyRun.pretrain(TinyRun.recipe(root), images, "--set=K=16", "--run=" + run);
        assertThat(result.err()).isEmpty();
    }

    private static JsonNode post(String address, Path image) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .POST(BodyPublishers.ofByteArray(Files.readAllBytes(image)))
                .build();
        return JSON.readTree(CLIENT.send(request, BodyHandlers.ofByteArray()).body());
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void servesAnIndexAClassifierAndADetectorUntilItIsToldToEnd() throws IOException, InterruptedException {
        Path index = root.resolve("photos.index");
        Path classifier = root.resolve("classifier.safetensors");
        assertThat(TinyRun.call("index", "build", run.toString(), "--data=" + images, "--index=" + index, "--quiet")
                        .err())
                .isEmpty();
        Path labelled = root.resolve("labelled");
        TinyRun.images(labelled.resolve("train"), 16);
        TinyRun.images(labelled.resolve("test"), 6);
        assertThat(TinyRun.call(
                                "evaluate",
                                "linear",
                                run.toString(),
                                "--data=" + labelled,
                                "--set=probe-mode=cached",
                                "--set=probe-epochs=2",
                                "--output=" + classifier,
                                "--quiet")
                        .err())
                .isEmpty();
        Path detector = root.resolve("detector");
        assertThat(TinyRun.call(
                                "detect",
                                "train",
                                TinyDetection.recipe(root).toString(),
                                "--data=" + TinyDetection.data(root.resolve("squares")),
                                "--run=" + detector,
                                "--quiet")
                        .err())
                .isEmpty();
        Process process = JuxtaProcess.builder(
                        Main.class,
                        "serve",
                        "--encoder=" + run,
                        "--index=" + index,
                        "--classifier=" + classifier,
                        "--detector=" + detector,
                        "--device=cpu",
                        "--port=0",
                        "--threads=1")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            assertThat(line).startsWith("listening on http://127.0.0.1:");
            String address = line.substring("listening on ".length());
            Path image = images.resolve("lying/1003.png");
            JsonNode matches = post(address + "/search?k=3&folder=lying", image).get("matches");
            assertThat(matches).hasSize(3);
            assertThat(matches.get(0).get("name").asText()).isEqualTo("lying/1003.png");
            assertThat(matches.get(0).get("label").asText()).isEqualTo("lying");
            assertThat(post(address + "/embed", image).get("embedding")).hasSize(64);
            JsonNode classes = post(address + "/classify?top=2", image).get("classes");
            assertThat(classes).hasSize(2);
            assertThat(classes.get(0).get("probability").asDouble())
                    .isGreaterThanOrEqualTo(classes.get(1).get("probability").asDouble());
            assertFound(post(address + "/detect?least-score=0", image).get("objects"), detector, image);
            assertThat(post(address + "/translate", image).get("error").asText())
                    .contains("started without --generator");
            process.toHandle().destroy(); // that of the process would close its output as well
            assertThat(out.lines().toList()).containsExactly("stopping", "stopped");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the run's detector finds here. */
    private static void assertFound(JsonNode objects, Path run, Path image) throws IOException {
        try (Detector detector =
                Detector.load(run, DetectionOptions.defaults().withDevice("cpu").withLeastScore(0))) {
            List<DetectedObject> expected = detector.detect(image);
            assertThat(expected).isNotEmpty();
            assertThat(objects).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(objects.get(i).get("name").asText())
                        .isEqualTo(expected.get(i).name());
                assertThat(objects.get(i).get("score").asDouble())
                        .isCloseTo(expected.get(i).score(), within(1e-5));
                assertThat(objects.get(i).at("/box/2").asDouble())
                        .isCloseTo(expected.get(i).x2(), within(0.01));
            }
        }
    }

    @Test
    void refusesInOneLine() throws IOException {
        refused(ExitStatus.WRONG_USAGE, "nothing to serve: give --encoder", "serve");
        refused(ExitStatus.WRONG_USAGE, "give --encoder as well", "serve", "--index=x", "--classifier=y");
        refused(ExitStatus.FAILED, "none", "serve", "--encoder=" + root.resolve("none"));
        refused(
                ExitStatus.FAILED,
                "is no detector: give a run of",
                "serve",
                "--detector=" + run.resolve("encoder.safetensors"));
        refused(ExitStatus.WRONG_USAGE, "port 70000 must be", "serve", "--encoder=" + run, "--port=70000");
        refused(ExitStatus.WRONG_USAGE, "is no address to listen at", "serve", "--encoder=" + run, "--listen=a b");
        Path file = root.resolve("other.safetensors");
        assertThat(TinyRun.call(
                                "embed",
                                run.toString(),
                                "--data=" + images,
                                "--layer=head",
                                "--output=" + file,
                                "--quiet")
                        .err())
                .isEmpty();
        refused(ExitStatus.FAILED, "(head), not by ", "serve", "--encoder=" + run, "--index=" + file);
        refused(ExitStatus.FAILED, "is no index", "serve", "--encoder=" + run, "--index=" + images);
    }

    private static void refused(int status, String message, String... arguments) {
        JuxtaProcess.Result result = TinyRun.call(arguments);
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(List.of(result.status())).containsExactly(status);
    }
}
