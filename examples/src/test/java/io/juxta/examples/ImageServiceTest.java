package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.Encoder;
import io.juxta.Translator;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ImageServiceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<byte[]> IMAGES = new ArrayList<>();

    @TempDir
    static Path folder;

    private static Encoder encoder;
    private static ImageIndex index;
    private static Translator translator;
    private static ImageService service;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 12; i++) {
            byte[] rgb = new byte[3 * 40 * 36];
            random.nextBytes(rgb);
            IMAGES.add(Png.encode(new Image(40, 36, rgb)));
        }
        encoder = Encoder.load(TinyWeights.encoder(folder.resolve("encoder.safetensors")));
        translator = Translator.load(TinyWeights.generator(folder.resolve("generator.safetensors")));
        List<String> names = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        try (Embeddings embeddings = Embeddings.of(names, encoder.embed(IMAGES))) {
            EmbeddingFile.SAFETENSORS.write(folder.resolve("index.safetensors"), embeddings);
            index = ImageIndex.of(embeddings);
        }
        service = start(32);
    }

    @AfterAll
    static void stop() {
        service.close();
        service.close();
        translator.close();
        index.close();
        encoder.close();
    }

    private static ImageService start(int atOnce) throws IOException {
        return new ImageService(
                encoder,
                Optional.of(index),
                Optional.of(translator),
                ServiceOptions.defaults().withPort(0).withLimits(50_000, 10_000, atOnce));
    }

    private static HttpResponse<byte[]> send(ImageService to, String method, String path, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofByteArray());
    }

    private static JsonNode posted(String path, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(service, "POST", path, body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    @Test
    void embeds() throws IOException, InterruptedException {
        float[] expected = encoder.embed(IMAGES.get(3));
        float[] found = JSON.convertValue(posted("/embed", IMAGES.get(3)).get("embedding"), float[].class);
        assertThat(Encoder.cosine(found, expected)).isGreaterThan(0.99999);
        assertThat(found).hasSameSizeAs(expected);
    }

    @Test
    void searches() throws IOException, InterruptedException {
        JsonNode matches = posted("/search?k=3", IMAGES.get(5)).get("matches");
        assertThat(matches).hasSize(3);
        assertThat(matches.get(0).get("name").asText()).isEqualTo("5");
        assertThat(matches.get(0).get("cosine").asDouble()).isGreaterThan(0.99999);
        assertThat(posted("/search", IMAGES.get(5)).get("matches")).hasSize(10);
    }

    @Test
    void translates() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(service, "POST", "/translate", IMAGES.get(0));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(Decoder.decode(response.body(), "answer").rgb())
                .isEqualTo(io.juxta.image.Awt.image(
                                translator.translate(ImageIO.read(new ByteArrayInputStream(IMAGES.get(0)))))
                        .rgb());
    }

    @Test
    void saysHowItIs() throws IOException, InterruptedException {
        assertThat(JSON.readTree(send(service, "GET", "/health", new byte[0]).body()))
                .isEqualTo(JSON.readTree("{\"dimension\":64,\"images\":12,\"translates\":true}"));
    }

    private static void assertRefused(HttpResponse<byte[]> response, int status, String message) throws IOException {
        assertThat(JSON.readTree(response.body()).get("error").asText()).contains(message);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void refusesWhatIsWrong() throws IOException, InterruptedException {
        byte[] image = IMAGES.get(0);
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
        for (String k : List.of("k=0", "k=1001", "k=x", "k=9999999999", "q=1")) {
            assertRefused(send(service, "POST", "/search?" + k, image), 400, "give ?k=N with N from 1 to 1000");
        }
        assertThat(posted("/embed", image).get("embedding"))
                .describedAs("and goes on")
                .hasSize(64);
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException, InterruptedException {
        try (ImageService bare = new ImageService(
                encoder,
                Optional.empty(),
                Optional.empty(),
                ServiceOptions.defaults().withPort(0))) {
            assertRefused(send(bare, "POST", "/search", IMAGES.get(0)), 404, "no index");
            assertRefused(send(bare, "POST", "/translate", IMAGES.get(0)), 404, "no generator");
            assertThatThrownBy(() -> new ImageService(
                            encoder,
                            Optional.empty(),
                            Optional.empty(),
                            ServiceOptions.defaults().withPort(bare.port())))
                    .isInstanceOf(BindException.class);
        }
    }

    /** A request of which half has arrived. */
    private static final class HalfRequest implements AutoCloseable {
        private final Socket socket;
        private final OutputStream out;

        /** Returns when the service has begun to read it. */
        HalfRequest(ImageService to) throws IOException {
            int before = to.begun();
            socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
            out = socket.getOutputStream();
            byte[] image = IMAGES.get(0);
            out.write(("POST /embed HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: " + image.length
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(image, 0, 100);
            out.flush();
            while (to.begun() == before) {
                Thread.onSpinWait();
            }
        }

        String finish() throws IOException {
            byte[] image = IMAGES.get(0);
            out.write(image, 100, image.length - 100);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Asks until the answer is of a status: what another thread does may take a moment. */
    private static HttpResponse<byte[]> until(int status, ImageService asked) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(asked, "GET", "/health", new byte[0]);
        while (response.statusCode() != status) {
            Thread.sleep(5);
            response = send(asked, "GET", "/health", new byte[0]);
        }
        return response;
    }

    @Test
    void oneTooManyIsToldToComeAgain() throws Exception {
        try (ImageService narrow = start(1)) {
            CompletableFuture<HttpResponse<byte[]>> first;
            synchronized (translator) { // so that the first one takes as long as this does
                first = CLIENT.sendAsync(post(narrow, "/translate", IMAGES.get(0)), BodyHandlers.ofByteArray());
                while (narrow.atWork() == 0) {
                    Thread.onSpinWait();
                }
                HttpResponse<byte[]> refused = send(narrow, "POST", "/embed", IMAGES.get(0));
                assertRefused(refused, 503, "too many requests at once");
                assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(send(narrow, "GET", "/health", new byte[0]).statusCode())
                        .isEqualTo(200);
            }
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(narrow.atWork()).isZero();
            assertThat(send(narrow, "POST", "/embed", IMAGES.get(0)).statusCode())
                    .isEqualTo(200);
        }
    }

    private static HttpRequest post(ImageService to, String path, byte[] body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    @Test
    void slowBodiesTakeNobodysPlace() throws IOException, InterruptedException {
        try (ImageService narrow = start(2)) {
            List<HalfRequest> slow = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                slow.add(new HalfRequest(narrow));
            }
            assertThat(send(narrow, "GET", "/health", new byte[0]).statusCode()).isEqualTo(200);
            assertThat(send(narrow, "POST", "/embed", IMAGES.get(0)).statusCode())
                    .isEqualTo(200);
            assertThat(slow.get(39).finish()).startsWith("HTTP/1.1 200").contains("{\"embedding\":[");
            for (HalfRequest each : slow) {
                each.close();
            }
        }
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedFor() throws IOException {
        try (ImageService hasty = new ImageService(
                        encoder,
                        Optional.empty(),
                        Optional.empty(),
                        ServiceOptions.defaults().withPort(0).withSeconds(1, 1));
                HalfRequest slow = new HalfRequest(hasty)) {
            assertThat(slow.socket.getInputStream().read())
                    .describedAs("closed")
                    .isEqualTo(-1);
            while (hasty.begun() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void halfHeadersKeepNobodyOut() throws IOException, InterruptedException {
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
                half.add(socket);
                socket.getOutputStream().write("GET /health HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(send(service, "GET", "/health", new byte[0]).statusCode())
                    .isEqualTo(200);
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
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
                encoder,
                Optional.empty(),
                Optional.empty(),
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

    @Test
    void aStopWaitsForWhatIsBeingWorkedOn() throws IOException, InterruptedException {
        ImageService stopped = start(8);
        try (HalfRequest slow = new HalfRequest(stopped)) {
            Thread stopper = new Thread(stopped::close);
            stopper.start();
            assertRefused(until(503, stopped), 503, "the service is stopping");
            assertThat(slow.finish()).startsWith("HTTP/1.1 200");
            stopper.join();
        }
        assertThatThrownBy(() -> new HalfRequest(stopped)).isInstanceOf(IOException.class);
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
                    .POST(BodyPublishers.ofByteArray(IMAGES.get(7)))
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
