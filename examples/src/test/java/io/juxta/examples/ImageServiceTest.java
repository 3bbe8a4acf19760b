package io.juxta.examples;

import static io.juxta.examples.TinyService.JSON;
import static io.juxta.examples.TinyService.assertRefused;
import static io.juxta.examples.TinyService.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.juxta.Encoder;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
                .isEqualTo(JSON.readTree("{\"dimension\":64,\"images\":12,\"translates\":true}"));
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
                tiny.encoder,
                Optional.empty(),
                Optional.empty(),
                ServiceOptions.defaults().withPort(0))) {
            assertRefused(send(bare, "POST", "/search", tiny.images.get(0)), 404, "no index");
            assertRefused(send(bare, "POST", "/translate", tiny.images.get(0)), 404, "no generator");
            assertThatThrownBy(() -> new ImageService(
                            tiny.encoder,
                            Optional.empty(),
                            Optional.empty(),
                            ServiceOptions.defaults().withPort(bare.port())))
                    .isInstanceOf(BindException.class);
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
                tiny.encoder,
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
}
