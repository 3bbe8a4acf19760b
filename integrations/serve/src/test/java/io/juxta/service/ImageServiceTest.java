package io.juxta.service;

import static io.juxta.service.TinyService.CLIENT;
import static io.juxta.service.TinyService.JSON;
import static io.juxta.service.TinyService.assertRefused;
import static io.juxta.service.TinyService.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.juxta.Encoder;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.lucene.DiskIndex;
import io.juxta.lucene.DiskIndexOptions;
import io.juxta.lucene.SearchedIndex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ImageServiceTest {
    @TempDir
    static Path folder;

    private static TinyService tiny;
    private static ImageService service;

    @BeforeAll
    static void start() throws IOException {
        tiny = new TinyService(folder);
        service = tiny.start(32);
    }

    @AfterAll
    static void stop() {
        service.close();
        service.close();
        tiny.close();
    }

    private static JsonNode posted(String path, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(service, "POST", path, body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    @Test
    void embeds() throws IOException, InterruptedException {
        float[] expected = tiny.encoder.embed(tiny.images.get(3));
        float[] found = JSON.convertValue(posted("/embed", tiny.images.get(3)).get("embedding"), float[].class);
        assertThat(Encoder.cosine(found, expected)).isGreaterThan(0.99999);
        assertThat(found).hasSameSizeAs(expected);
    }

    @Test
    void searches() throws IOException, InterruptedException {
        JsonNode matches = posted("/search?k=3", tiny.images.get(5)).get("matches");
        assertThat(matches).hasSize(3);
        assertThat(matches.get(0).get("name").asText()).isEqualTo("5");
        assertThat(matches.get(0).get("cosine").asDouble()).isGreaterThan(0.99999);
        assertThat(posted("/search", tiny.images.get(5)).get("matches")).hasSize(10);
    }

    @Test
    void translates() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(service, "POST", "/translate", tiny.images.get(0));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(Decoder.decode(response.body(), "answer").rgb())
                .isEqualTo(io.juxta.image.Awt.image(
                                tiny.translator.translate(ImageIO.read(new ByteArrayInputStream(tiny.images.get(0)))))
                        .rgb());
    }

    @Test
    void saysHowItIs() throws IOException, InterruptedException {
        assertThat(JSON.readTree(send(service, "GET", "/health", new byte[0]).body()))
                .isEqualTo(JSON.readTree("{\"status\":\"up\"}"));
        assertThat(JSON.readTree(send(service, "GET", "/ready", new byte[0]).body()))
                .isEqualTo(JSON.readTree("{\"status\":\"ready\",\"paths\":[\"/embed\",\"/search\",\"/translate\"],"
                        + "\"dimension\":64,\"images\":12}"));
    }

    @Test
    void refusesWhatIsWrong() throws IOException, InterruptedException {
        byte[] image = tiny.images.get(0);
        byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
        assertRefused(send(service, "GET", "/embed", new byte[0]), 405, "/embed takes POST");
        assertThat(send(service, "PUT", "/search", image).headers().firstValue("Allow"))
                .hasValue("POST");
        assertRefused(send(service, "POST", "/embedding", image), 404, "use /embed");
        assertRefused(send(service, "POST", "/embed/more", image), 404, "use /embed");
        assertRefused(send(service, "POST", "/embed", text), 422, "image: ");
        assertRefused(send(service, "POST", "/embed", new byte[0]), 422, "image: empty file");
        assertRefused(
                send(service, "POST", "/embed", java.util.Arrays.copyOf(image, 900)),
                422,
                "image: truncated after 900 bytes");
        assertRefused(send(service, "POST", "/embed", new byte[60_000]), 413, "a body may have 50000 bytes");
        byte[] large = Png.encode(new Image(200, 100, new byte[60_000]));
        assertRefused(
                send(service, "POST", "/embed", large), 422, "an image of 20000 pixels is above the limit of 10000");
        byte[] small = Png.encode(new Image(5, 9, new byte[135]));
        assertRefused(send(service, "POST", "/translate", small), 422, "5 x 9 pixels is too small to translate");
        for (String k : List.of("k=0", "k=1001", "k=x", "k=9999999999", "k=-1")) {
            assertRefused(send(service, "POST", "/search?" + k, image), 400, "give ?k=N with N from 1 to 1000");
        }
        assertRefused(send(service, "POST", "/search?k=1&k=2", image), 400, "give k once");
        assertRefused(send(service, "POST", "/search?folder=a", image), 400, "folder and label are known to an index");
        assertRefused(send(service, "POST", "/search?k=" + "1".repeat(5000), image), 400, "4096 characters");
        assertRefused(send(service, "POST", "/search?K=3", image), 400, "/search takes no 'K': use k, folder, label");
        assertRefused(send(service, "POST", "/embed?k=3", image), 400, "/embed takes no 'k'");
        assertRefused(send(service, "POST", "/embed?a%0Ab=3", image), 400, "/embed takes no 'a b'");
        assertRefused(send(service, "POST", "/embed?a%0Ab&a%0Ab", image), 400, "give a b once");
        assertThat(posted("/search?&k=3&", image).get("matches")).hasSize(3);
        assertThat(posted("/embed", image).get("embedding"))
                .describedAs("and goes on")
                .hasSize(64);
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException, InterruptedException {
        try (ImageService bare = new ImageService(
                Networks.none().with(tiny.encoder), ServiceOptions.defaults().withPort(0))) {
            assertRefused(
                    send(bare, "POST", "/search", tiny.images.get(0)),
                    404,
                    "there is no index here: the service was started without --index");
            assertRefused(send(bare, "POST", "/translate", tiny.images.get(0)), 404, "there is no generator here");
            assertThatThrownBy(() -> new ImageService(
                            Networks.none().with(tiny.encoder),
                            ServiceOptions.defaults().withPort(bare.port())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1, port " + bare.port())
                    .hasMessageContaining("choose another --port");
        }
    }

    private static String raw(ImageService to, String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port())) {
            String request = "GET /health HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void pagesOfOtherSitesAreNotAnswered() throws IOException {
        assertThat(raw(service, "Host: localhost:" + service.port() + "\r\n")).startsWith("HTTP/1.1 200");
        assertThat(raw(service, "Host: evil.example\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("{\"error\":\"this server answers to 127.0.0.1, [::1], localhost only");
        assertThat(raw(service, "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
        try (ImageService named = new ImageService(
                Networks.none().with(tiny.encoder),
                ServiceOptions.defaults().withPort(0).withHosts(List.of("pictures.example")))) {
            assertThat(raw(named, "Host: Pictures.example\r\nOrigin: https://pictures.example\r\n"))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void whatThereIsNoMemoryForIsNoFailureOfTheService() {
        for (Throwable e : List.of(
                new OutOfMemoryError("Java heap space"),
                new IllegalStateException("embedding", new OutOfMemoryError("x")),
                new RuntimeException("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"))) {
            assertThat(ImageService.failed("/embed", e).status()).isEqualTo(503);
        }
        assertThat(ImageService.failed("/embed", new IllegalStateException("x")).status())
                .isEqualTo(500);
    }

    private static String metric(String line) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(service, "GET", "/metrics", new byte[0]);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        return new String(response.body(), StandardCharsets.UTF_8)
                .lines()
                .filter(each -> each.startsWith(line + " "))
                .map(each -> each.substring(line.length() + 1))
                .findFirst()
                .orElse("none");
    }

    @Test
    void countsForPrometheus() throws IOException, InterruptedException {
        String embeds = "juxta_requests_total{path=\"/embed\",status=\"200\"}";
        posted("/embed", tiny.images.get(0));
        double before = awaited(embeds, 1);
        posted("/embed", tiny.images.get(0));
        assertThat(awaited(embeds, before + 1)).isEqualTo(before + 1);
        assertThat(metric("juxta_request_seconds_count{path=\"/embed\"}")).isNotEqualTo("none");
        assertThat(metric("juxta_images_at_work")).isEqualTo("0.0");
        assertThat(metric("jvm_threads_current")).isNotEqualTo("none");
        send(service, "GET", "/not/there", new byte[0]);
        awaited("juxta_requests_total{path=\"other\",status=\"404\"}", 1);
        assertThat(metric("juxta_requests_total{path=\"/not/there\",status=\"404\"}"))
                .as("what others ask for makes no row of its own")
                .isEqualTo("none");
    }

    /** What is counted after the answer has gone out may take a moment. */
    private static double awaited(String line, double least) throws IOException, InterruptedException {
        String value = metric(line);
        while (value.equals("none") || Double.parseDouble(value) < least) {
            Thread.sleep(5);
            value = metric(line);
        }
        return Double.parseDouble(value);
    }

    /** What it says of itself is what it does. */
    @Test
    void describesItself() throws IOException, InterruptedException {
        JsonNode api =
                JSON.readTree(send(service, "GET", "/openapi.json", new byte[0]).body());
        assertThat(api.get("openapi").asText()).isEqualTo("3.1.0");
        assertThat(api.at("/info/version").asText()).isNotEmpty();
        List<String> paths = new ArrayList<>();
        api.get("paths").fieldNames().forEachRemaining(paths::add);
        assertThat(paths)
                .containsExactlyInAnyOrder(
                        "/embed", "/search", "/translate", "/health", "/ready", "/metrics", "/openapi.json");
        for (String path : paths) {
            JsonNode described = api.get("paths").get(path);
            String method = described.fieldNames().next();
            byte[] body = method.equals("post") ? tiny.images.get(0) : new byte[0];
            HttpResponse<byte[]> response = send(service, method.toUpperCase(Locale.ROOT), path, body);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            String type =
                    response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
            JsonNode content = described.at("/" + method + "/responses/200/content");
            assertThat(content.fieldNames().next()).as(path).isEqualTo(type);
            if (method.equals("post")) {
                assertRefused(
                        send(service, "POST", path + "?nothing=1", body),
                        400,
                        path + " takes no 'nothing'" + use(described));
                assertThat(described.at("/post/responses/400").isMissingNode())
                        .as(path)
                        .isFalse();
            }
            if (type.equals("application/json")) {
                required(content.get(type).get("schema"), JSON.readTree(response.body()), path);
            }
        }
        // every reference leads somewhere
        api.findValuesAsText("$ref")
                .forEach(reference -> assertThat(api.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
    }

    private static String use(JsonNode described) {
        List<String> names = described.at("/post/parameters").findValuesAsText("name");
        return names.isEmpty() ? "" : ": use " + String.join(", ", names);
    }

    private static void required(JsonNode schema, JsonNode value, String where) {
        schema.path("required")
                .forEach(name -> assertThat(value.has(name.asText()))
                        .as("%s has %s", where, name)
                        .isTrue());
        value.fieldNames().forEachRemaining(name -> {
            if (schema.has("properties")) {
                assertThat(schema.get("properties").has(name))
                        .as("%s says %s", where, name)
                        .isTrue();
            }
        });
        if (value.isArray() && schema.has("items") && !value.isEmpty()) {
            required(schema.get("items"), value.get(0), where + "[]");
        }
        schema.path("properties").properties().forEach(each -> {
            if (value.has(each.getKey())) {
                required(each.getValue(), value.get(each.getKey()), where + "/" + each.getKey());
            }
        });
    }

    /** Many at once get each what they would have got alone. */
    @Test
    void searchesAtOnceAreAsThoseAlone() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(service.address() + "/search?k=" + (1 + i % 4)))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(tiny.images.get(i % 12)))
                    .build();
            asked.add(CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < 24; i++) {
            JsonNode matches = JSON.readTree(asked.get(i).get().body()).get("matches");
            assertThat(matches).hasSize(1 + i % 4);
            assertThat(matches.get(0).get("name").asText()).isEqualTo(Integer.toString(i % 12));
        }
    }

    /** An index on disk knows folders and labels, and finds what its writer commits meanwhile. */
    @Test
    void anIndexOnDiskIsSearched() throws IOException, InterruptedException {
        Path place = folder.resolve("disk.index");
        try (DiskIndex writer = DiskIndex.open(place, 64, "tiny")) {
            for (int i = 0; i < 12; i++) {
                writer.put(
                        (i % 2 == 0 ? "even/" : "odd/") + i,
                        i < 6 ? "low" : "high",
                        tiny.encoder.embed(tiny.images.get(i)));
            }
            writer.commit();
            try (SearchablePictures pictures =
                            SearchablePictures.of(SearchedIndex.open(place, DiskIndexOptions.defaults()));
                    ImageService disk = new ImageService(
                            Networks.none().with(tiny.encoder).with(pictures),
                            ServiceOptions.defaults().withPort(0))) {
                byte[] image = tiny.images.get(8);
                assertThat(found(disk, "/search?k=1", image)).containsExactly("even/8 high");
                assertThat(found(disk, "/search?k=9&folder=odd&label=low", image))
                        .containsExactlyInAnyOrder("odd/1 low", "odd/3 low", "odd/5 low");
                writer.remove("even/8");
                writer.commit();
                assertThat(found(disk, "/search?k=12", image)).hasSize(11).doesNotContain("even/8 high");
            }
        }
    }

    private static List<String> found(ImageService in, String path, byte[] image)
            throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        JSON.readTree(send(in, "POST", path, image).body())
                .get("matches")
                .forEach(match -> found.add(
                        match.get("name").asText() + " " + match.path("label").asText()));
        return found;
    }

    @Test
    void optionsSayWhatTheyMayBe() {
        ServiceOptions defaults = ServiceOptions.defaults();
        assertThat(defaults.isLocal()).isTrue();
        assertThat(defaults.withListen("0.0.0.0").isLocal()).isFalse();
        assertThatThrownBy(() -> defaults.withListen("no address")).hasMessageContaining("is no address to listen at");
        assertThatThrownBy(() -> defaults.withPort(70_000)).hasMessageContaining("port 70000");
        assertThatThrownBy(() -> defaults.withLimits(0, 1, 1)).hasMessageContaining("a body's bytes, 0");
        assertThatThrownBy(() -> defaults.withLimits(1, 1L << 40, 1)).hasMessageContaining("an image's pixels");
        assertThatThrownBy(() -> defaults.withLimits(1, 1, 0)).hasMessageContaining("images at once, 0");
        assertThatThrownBy(() -> defaults.withSeconds(1, 0)).hasMessageContaining("seconds for work, 0");
    }
}
