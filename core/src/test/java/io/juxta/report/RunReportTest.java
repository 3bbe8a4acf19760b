package io.juxta.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.SnapshotFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report of a run of three epochs: what the page is told, what it refuses to believe, and how it is served. */
@Tag("slow")
class RunReportTest {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>";

    @TempDir
    Path run;

    @BeforeEach
    void make() throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), "method: moco\nK: 64\nepochs: 3\ndim: 16\n");
        Files.writeString(run.resolve("metrics.csv"), """
                epoch,loss,acc1,knn,embedding_std,novelty
                0,,,12.5,,
                1,4.5,10,20,0.2,1e-3
                2,4.25,12,25,0.4,
                """);
        Files.writeString(run.resolve("events.jsonl"), """
                {"event":"health","verdict":"unknown","finding":"too early","advice":""}
                {"event":"health","verdict":"collapsed","finding":"all alike %s","advice":"start anew"}
                {"event":"hea
                """.formatted(HOSTILE));
        DrawnShapes images = new DrawnShapes(1, 40, 16);
        Augmentation view = Augmentation.mocoV2(16, Normalization.IMAGENET);
        Augmentation plain = Augmentation.plain(16, Normalization.IMAGENET);
        ResNet.Options small = new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.CIFAR, 8, 1);
        try (PointerScope scope = new PointerScope();
                ResNet encoder = new ResNet(small);
                Snapshots snapshots = Snapshots.begin(
                        run,
                        encoder,
                        new Snapshots.Subject(images, List.of(view, view), plain, 3, 3, new Snapshots.Options(1)),
                        0,
                        new Origin("./juxta pretrain " + HOSTILE, "juxta 1", "Linux", "2026-11-22T00:00:00Z"),
                        () -> true)) {
            snapshots.epoch(0, new HashMap<>());
            snapshots.epoch(1, new HashMap<>());
        }
    }

    private String page() throws IOException {
        return Files.readString(Report.write(run));
    }

    private JsonNode data() throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page());
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }

    @Test
    void thePageIsToldAllThatTheFolderHolds() throws IOException {
        JsonNode data = data();
        assertThat(data.path("rows").size()).isEqualTo(3);
        assertThat(data.path("columns").get(4).asText()).isEqualTo("novelty");
        JsonNode loss = data.path("charts").get(0);
        assertThat(loss.path("title").asText()).isEqualTo("Loss");
        assertThat(loss.path("reference").path("value").asDouble()).isEqualTo(Math.log(65));
        assertThat(data.path("snapshots").size()).isEqualTo(3);
        assertThat(data.path("sample").path("names").size()).isEqualTo(40);
        assertThat(data.path("sample").path("queries").size()).isEqualTo(12);
        assertThat(data.path("findings").size()).isEqualTo(1);
        assertThat(data.path("findings").get(0).path("verdict").asText()).isEqualTo("bad");
        assertThat(data.path("findings").get(0).path("headline").asText()).startsWith("The run has collapsed");
        assertThat(data.path("findings").get(0).path("finding").asText()).isEqualTo("all alike " + HOSTILE);
        assertThat(data.path("origins").get(0).path("command").asText()).endsWith(HOSTILE);
        JsonNode last = data.path("snapshots").get(2);
        assertThat(last.path("pca").size()).isEqualTo(2 * 40);
        for (int q = 0; q < 12; q++) {
            int query = data.path("sample").path("queries").get(q).asInt();
            List<Integer> neighbours = new ArrayList<>();
            last.path("neighbours").get(q).forEach(place -> neighbours.add(place.asInt()));
            assertThat(neighbours).hasSize(8).doesNotHaveDuplicates().doesNotContain(query);
        }
    }

    @Test
    void nothingInItCanRunOrLoad() throws IOException {
        // the name of SVG, which nothing is fetched from
        String page = page().replace("http://www.w3.org/2000/svg", "");
        assertThat(page)
                .doesNotContain(HOSTILE)
                .doesNotContain("<img", "http://", "https://")
                .contains("default-src 'none'");
        assertThat(page.split("</script>", -1)).hasSize(3);
    }

    @Test
    void theSameFolderGivesTheSamePage() throws IOException {
        assertThat(page()).isEqualTo(page());
    }

    @Test
    void theFirstScreenHasThreeFiguresWithWhatToCompareThemWith() throws IOException {
        Files.writeString(run.resolve("metrics.csv"), """
                epoch,loss,acc1,knn,embedding_std,images_per_second
                0,,,41.5,,
                1,4.5,10,31.234,0.2,7
                2,4.25,12,39.99,0.4,8
                3,4.1,13,35,0.5,9
                """);
        JsonNode key = data().path("key");
        assertThat(key.findValuesAsText("column")).containsExactly("knn", "loss", "acc1");
        assertThat(key.get(0).path("value").asText()).isEqualTo("35.00 %");
        assertThat(key.get(0).path("notes"))
                .extracting(JsonNode::asText)
                .as("the best of an epoch, as the terminal says it and the checkpoint keeps it")
                .containsExactly("best 39.99 % (epoch 2)", "untrained encoder 41.50 %");
        assertThat(key.get(1).path("notes").get(0).asText()).isEqualTo("knowing nothing costs 4.17");
        assertThat(key.get(2).path("notes").get(0).asText()).isEqualTo("10 % after epoch 1");
    }

    @Test
    void whatIsWrittenJustNowOrIsVoidSaysNothing() throws IOException {
        String healthy = "{\"event\":\"health\",\"step\":20,\"epoch\":2,\"verdict\":\"healthy\",\"finding\":\"well\","
                + "\"advice\":\"\"}\n";
        Path events = run.resolve("events.jsonl");
        Files.writeString(events, healthy + "{\"event\":\"health\",\"step\":30,\"verdict\":\"coll");
        assertThat(data().path("findings").findValuesAsText("finding")).containsExactly("well");
        Files.writeString(
                events,
                healthy + "{\"event\":\"start\",\"step\":10,\"epoch\":1,\"resumed\":true,\"steps_per_epoch\":10}\n");
        assertThat(data().path("findings").size())
                .as("taken up again before it was said")
                .isZero();
        Files.writeString(events, "\0\0{\"end\"\n" + healthy);
        assertThat(data().path("findings").size()).isEqualTo(1);
    }

    @Test
    void aRunSaysHowFarItIsAndHowItEnded() throws IOException {
        assertThat(data().path("standing").path("state").asText()).isEqualTo("running");
        Path events = run.resolve("events.jsonl");
        Files.writeString(
                events, "{\"event\":\"end\",\"how\":\"failed\",\"message\":\"no space %s\"}\n".formatted(HOSTILE));
        JsonNode failed = data().path("standing");
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("message").asText()).isEqualTo("no space " + HOSTILE);
        assertThat(failed.path("done").asInt()).isEqualTo(2);
        assertThat(failed.path("epochs").asInt()).isEqualTo(3);
        Files.writeString(run.resolve("metrics.csv"), "epoch,loss\n3,1\n");
        assertThat(data().path("standing").path("state").asText()).isEqualTo("finished");
    }

    /** Two classes or more: one folder of pictures is none, whatever an older run has kept. */
    @Test
    void nothingIsSaidOfClassesWhereThereIsOne() throws IOException {
        Path file = run.resolve("snapshots/sample.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode sample = (ObjectNode) json.readTree(file.toFile());
        sample.putArray("classes").add("photos");
        ArrayNode labels = sample.putArray("labels");
        for (int i = 0; i < 40; i++) {
            labels.add(0);
        }
        json.writeValue(file.toFile(), sample);
        JsonNode shown = data().path("sample");
        assertThat(shown.path("classes").size()).isZero();
        assertThat(shown.path("labels")).hasSize(40).allMatch(label -> label.asInt() == -1);
    }

    @Test
    void theBeginningWithAnEmptyQueueIsNoMeasure() throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), "method: moco\nK: 64\nepochs: 9\nbatch-size: 8\n");
        Files.writeString(
                run.resolve("events.jsonl"), "{\"event\":\"start\",\"step\":0,\"epoch\":0,\"steps_per_epoch\":8}\n");
        StringBuilder metrics = new StringBuilder("epoch,loss,acc1,grad_norm\n1,1.5,60,3\n");
        for (int epoch = 2; epoch <= 9; epoch++) {
            metrics.append(epoch)
                    .append(',')
                    .append(4.1 - epoch / 50.0)
                    .append(',')
                    .append(epoch)
                    .append(",3\n");
        }
        Files.writeString(run.resolve("metrics.csv"), metrics);
        JsonNode charts = data().path("charts");
        JsonNode loss = charts.get(0);
        assertThat(loss.path("large").asBoolean()).isTrue();
        assertThat(loss.path("low").asDouble()).isCloseTo(3.92, within(1e-12));
        assertThat(loss.path("high").asDouble()).isEqualTo(Math.log(65));
        assertThat(loss.path("notes"))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "It was 4.06 after epoch 2.",
                        "Cut off, and marked by an arrow: epoch 1, while the queue was filling: its random keys are easy to"
                                + " tell.");
        assertThat(charts.get(2).path("title").asText()).isEqualTo("Gradient norm");
        assertThat(charts.get(2).path("large").asBoolean()).as("it is flat").isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            recipe.yaml             |                      | holds no run (no recipe.yaml)
            metrics.csv             | time,loss            | begins with 'time'
            metrics.csv             | epoch,loss#1,2,3     | has 3 cells, the header 2
            metrics.csv             | epoch,loss#1,NaN     | 'NaN' is no number
            metrics.csv             | epoch,loss#2,1#1,1   | epoch 1 is not above the one before
            metrics.csv             | epoch,loss,loss      | a column is there twice
            snapshots/epoch-1.json  | {}                   | epoch-1.json is damaged
            snapshots/epoch-1.json  | [1                   | epoch-1.json is damaged
            snapshots/sample.json   | null                 | sample.json is damaged
            snapshots/sample.json   | {"indices":[0]}      | sample.json is damaged
            snapshots/thumbnails.jpg| GIF89a               | it is no JPEG file
            """)
    void aDamagedFolderIsOneLine(String file, String text, String expected) throws IOException {
        if (text == null) {
            Files.delete(run.resolve(file));
        } else {
            Files.writeString(run.resolve(file), text.replace('#', '\n') + "\n");
        }
        assertThatThrownBy(() -> Report.write(run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(expected)
                .message()
                .hasLineCount(1);
    }

    @Test
    void snapshotsAreThinnedOutEvenly() {
        assertThat(SnapshotFolder.surplus(List.of(0, 1, 2, 3))).isEmpty();
        List<Integer> many = new ArrayList<>();
        for (int epoch = 0; epoch <= 41; epoch++) {
            many.add(epoch);
        }
        many.removeAll(SnapshotFolder.surplus(many));
        assertThat(many).containsExactly(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 41);
    }

    @Test
    void aResumedRunForgetsWhatComesAgain() throws IOException {
        SnapshotFolder folder = new SnapshotFolder(run);
        folder.forgetAfter(1);
        assertThat(run.resolve("snapshots/epoch-2.json")).doesNotExist();
        assertThat(data().path("snapshots").size()).isEqualTo(2);
        folder.delete();
        Report.delete(run);
        assertThat(run.resolve("snapshots")).doesNotExist();
        assertThat(run.resolve("report.html")).doesNotExist();
        assertThat(data().path("snapshots").size()).isZero();
    }

    @Test
    void itIsServedHereOnlyAndFollowsTheRun() throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        try (LiveReport live = LiveReport.open(run, 0)) {
            URI address = live.address();
            assertThat(address.getHost()).isEqualTo("127.0.0.1");
            HttpResponse<String> first = get(client, address, Map.of());
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body()).contains("connect-src 'self'");
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(get(client, address, Map.of("If-None-Match", tag)).statusCode())
                    .isEqualTo(304);
            Files.writeString(run.resolve("metrics.csv"), "epoch,loss\n1,2\n");
            HttpResponse<String> second = get(client, address, Map.of("If-None-Match", tag));
            assertThat(second.statusCode()).isEqualTo(200);
            assertThat(second.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);

            String still = second.headers().firstValue("ETag").orElseThrow();
            URI progress = address.resolve("/progress");
            assertThat(get(client, progress, Map.of()).body()).isEqualTo("{}\n");
            Files.writeString(
                    run.resolve("progress.json"),
                    "{\"time\":\"" + Instant.now().minusSeconds(2)
                            + "\",\"epoch\":2,\"epochs\":3,\"step\":7,\"steps\":9,\"loss\":4.5,\"more\":\"" + HOSTILE
                            + "\"}");
            assertThat(get(client, progress, Map.of()).body())
                    .startsWith("{\"epoch\":2,\"epochs\":3,\"step\":7,\"steps\":9,\"loss\":4.5,")
                    .contains("\"seconds_ago\":")
                    .doesNotContain("script");
            assertThat(get(client, address, Map.of("If-None-Match", still)).statusCode())
                    .as("a step alone does not make the page anew")
                    .isEqualTo(304);

            Path aside = run.resolveSibling(run.getFileName() + " aside");
            Files.move(run, aside);
            assertThat(get(client, address, Map.of()).statusCode()).isEqualTo(503);
            assertThat(get(client, progress, Map.of()).body()).isEqualTo("{}\n");
            Files.move(aside, run);
            assertThat(get(client, address, Map.of()).statusCode())
                    .as("a run that begins anew is followed")
                    .isEqualTo(200);

            assertThat(get(client, address.resolve("/recipe.yaml"), Map.of()).statusCode())
                    .isEqualTo(404);
            assertThat(get(client, address.resolve("/..%2f..%2fetc/passwd"), Map.of())
                            .statusCode())
                    .isEqualTo(404);
            HttpRequest post = HttpRequest.newBuilder(address)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(405);
            assertThat(raw(address, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ");
            int port = address.getPort();
            assertThatThrownBy(() -> LiveReport.open(run, port))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("port " + port + " of 127.0.0.1 cannot be had")
                    .message()
                    .hasLineCount(1);
        }
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .doesNotContain("live report");
    }

    private static HttpResponse<String> get(HttpClient client, URI address, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        headers.forEach(request::header);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String raw(URI address, String request) throws IOException {
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", address.getPort())) {
            socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
