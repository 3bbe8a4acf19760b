package io.juxta.service;

import static io.juxta.service.TinyService.CLIENT;
import static io.juxta.service.TinyService.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.juxta.DetectedObject;
import io.juxta.DetectionOptions;
import io.juxta.Detector;
import io.juxta.EncoderOptions;
import io.juxta.TinyDetectorFile;
import io.juxta.TinyEncoderFile;
import io.juxta.image.Image;
import io.juxta.image.Png;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /detect} of a service that was started with a detector's weights, beside the detector itself. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DetectServiceTest {
    private static final EncoderOptions ON_CPU = EncoderOptions.defaults().withDevice("cpu");

    @TempDir
    static Path folder;

    private static final List<byte[]> PICTURES = new ArrayList<>();
    private static Detector detector;
    private static Serving serving;

    @BeforeAll
    static void start() throws IOException {
        TinyDetectorFile.write(folder.resolve("detector.safetensors"));
        detector = Detector.load(folder, DetectionOptions.defaults().withDevice("cpu"));
        serving = Serving.by(ON_CPU)
                .detector(folder)
                .start(ServiceOptions.defaults().withPort(0).withLimits(50_000, 10_000, 32));
        Random random = new Random(5);
        for (int i = 0; i < 4; i++) {
            byte[] rgb = new byte[3 * (50 + 9 * i) * 60];
            random.nextBytes(rgb);
            PICTURES.add(Png.encode(new Image(50 + 9 * i, 60, rgb)));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        serving.close();
        detector.close();
    }

    private static HttpRequest request(String path, byte[] body) {
        return HttpRequest.newBuilder(URI.create(serving.address() + path))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    private static JsonNode posted(String path, byte[] body) throws IOException, InterruptedException {
        return answered(CLIENT.send(request(path, body), BodyHandlers.ofByteArray()));
    }

    private static JsonNode answered(HttpResponse<byte[]> response) throws IOException {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    private static JsonNode got(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(serving.address() + path)).build();
        return answered(CLIENT.send(request, BodyHandlers.ofByteArray()));
    }

    private static void assertRefused(String path, byte[] body, int status, String message)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = CLIENT.send(request(path, body), BodyHandlers.ofByteArray());
        assertThat(JSON.readTree(response.body()).get("error").asText())
                .contains(message)
                .hasLineCount(1);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    /** Everything that is answered, value for value and in this order. */
    private static JsonNode said(List<DetectedObject> objects) {
        return JSON.valueToTree(Map.of(
                "objects",
                objects.stream()
                        .map(each -> new TreeMap<>(Map.of(
                                "name",
                                each.name(),
                                "score",
                                each.score(),
                                "box",
                                List.of(each.x1(), each.y1(), each.x2(), each.y2()))))
                        .toList()));
    }

    @Test
    void findsWhatTheDetectorFinds() throws IOException, InterruptedException {
        for (byte[] picture : PICTURES) {
            List<DetectedObject> objects = detector.detect(picture);
            assertThat(objects)
                    .hasSizeGreaterThan(3)
                    .isSortedAccordingTo(Comparator.comparing(DetectedObject::score, Comparator.reverseOrder()))
                    .allMatch(each -> each.score() >= 0.5);
            assertThat(posted("/detect", picture)).isEqualTo(said(objects));
        }
    }

    @Test
    void aRequestMaySayHowSureIsSureEnough() throws IOException, InterruptedException {
        byte[] picture = PICTURES.get(0);
        List<DetectedObject> all = detector.detect(picture, 0);
        assertThat(all).extracting(DetectedObject::name).contains("apple", "banana");
        assertThat(posted("/detect?least-score=0", picture)).isEqualTo(said(all));
        assertThat(posted("/detect?least-score=.05", picture)).isEqualTo(said(all));
        double median = all.get(all.size() / 2).score();
        List<DetectedObject> surer =
                all.stream().filter(each -> each.score() >= median).toList();
        assertThat(surer).hasSizeBetween(1, all.size() - 1);
        assertThat(posted("/detect?least-score=" + new BigDecimal(median).setScale(17, RoundingMode.DOWN), picture))
                .isEqualTo(said(surer));
        assertThat(posted("/detect?least-score=0.999", picture).get("objects")).isEmpty();
        for (String score : List.of("1", "1.5", "-0.1", "NaN", "1e-3", "0x1p-2", "0,5", "", "0." + "9".repeat(17))) {
            assertRefused(
                    "/detect?least-score=" + score,
                    picture,
                    400,
                    "give ?least-score=S with S from 0 and below 1, as in least-score=0.5");
        }
        assertRefused("/detect?score=0.1", picture, 400, "/detect takes no 'score': use least-score");
        assertRefused("/detect?least-score=0.1&least-score=0.2", picture, 400, "give least-score once");
        JsonNode said = got("/openapi.json").at("/paths/~1detect/post");
        assertThat(said.at("/parameters/0/name").asText()).isEqualTo("least-score");
        assertThat(said.at("/responses/400").isMissingNode()).isFalse();
    }

    /** Many at once get each what they would have got alone, but for how a batch rounds. */
    @Test
    void manyAtOnceGetTheirOwn() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            asked.add(CLIENT.sendAsync(request("/detect", PICTURES.get(i % 4)), BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < 16; i++) {
            JsonNode found = answered(asked.get(i).get()).get("objects");
            List<DetectedObject> expected = detector.detect(PICTURES.get(i % 4));
            assertThat(found.get(0).get("score").asDouble())
                    .isCloseTo(expected.get(0).score(), within(1e-5));
            assertThat(found).hasSameSizeAs(expected);
        }
    }

    @Test
    void saysThatItDetectsAndHow() throws IOException, InterruptedException {
        assertThat(got("/ready"))
                .isEqualTo(JSON.readTree(
                        "{\"status\":\"ready\",\"paths\":[\"/detect\"],\"objects\":[\"apple\",\"banana\"]}"));
        JsonNode paths = got("/openapi.json").get("paths");
        List<String> all = new ArrayList<>();
        paths.fieldNames().forEachRemaining(all::add);
        assertThat(all).containsExactlyInAnyOrder("/detect", "/health", "/ready", "/metrics", "/openapi.json");
        JsonNode object = paths.at("/~1detect/post/responses/200/content/application~1json/schema/properties/objects"
                + "/items/properties");
        JsonNode found = posted("/detect", PICTURES.get(0)).get("objects").get(0);
        assertThat(object).isNotEmpty();
        object.fieldNames()
                .forEachRemaining(name -> assertThat(found.has(name)).as(name).isTrue());
        assertThat(found.size()).isEqualTo(object.size());
        assertThat(found.get("box").size()).isEqualTo(object.at("/box/maxItems").asInt());
    }

    @Test
    void refusesWhatIsWrong() throws IOException, InterruptedException {
        assertRefused("/detect", "no picture".getBytes(StandardCharsets.UTF_8), 422, "image: ");
        assertRefused("/detect", new byte[0], 422, "image: empty file");
        assertRefused("/detect", Arrays.copyOf(PICTURES.get(0), 900), 422, "image: truncated after 900 bytes");
        assertRefused("/detect", new byte[60_000], 413, "a body may have 50000 bytes");
        assertRefused(
                "/detect",
                Png.encode(new Image(200, 100, new byte[60_000])),
                422,
                "an image of 20000 pixels is above the limit of 10000");
        HttpResponse<byte[]> gotten = CLIENT.send(
                HttpRequest.newBuilder(URI.create(serving.address() + "/detect"))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(gotten.statusCode()).isEqualTo(405);
        assertThat(gotten.headers().firstValue("Allow")).hasValue("POST");
        assertRefused("/embed", PICTURES.get(0), 404, "there is no encoder here: the service was started without");
        assertThat(posted("/detect", PICTURES.get(1)).get("objects"))
                .as("and goes on")
                .isNotEmpty();
    }

    /** A point, a line: what there is room for in them is answered, and lies within. */
    @Test
    void picturesOfAnyShapeAreAnswered() throws IOException, InterruptedException {
        for (int[] size : new int[][] {{1, 1}, {1, 5000}, {5000, 1}}) {
            byte[] picture = Png.encode(new Image(size[0], size[1], new byte[3 * size[0] * size[1]]));
            for (JsonNode object : posted("/detect", picture).get("objects")) {
                assertThat(object.at("/box/2").asDouble()).isLessThanOrEqualTo(size[0]);
                assertThat(object.at("/box/3").asDouble()).isLessThanOrEqualTo(size[1]);
            }
        }
    }

    @Test
    void weightsThatAreNoDetectorsAreRefused() throws IOException {
        Path encoder = TinyEncoderFile.write(folder.resolve("encoder.safetensors"));
        assertThatThrownBy(() -> Serving.by(ON_CPU)
                        .detector(encoder)
                        .start(ServiceOptions.defaults().withPort(0)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(encoder + " is no detector: ");
        Path damaged = folder.resolve("damaged.safetensors");
        byte[] whole = Files.readAllBytes(folder.resolve("detector.safetensors"));
        Files.write(damaged, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Serving.by(ON_CPU)
                        .detector(damaged)
                        .start(ServiceOptions.defaults().withPort(0)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(damaged + ": ");
    }
}
