package io.juxta.service;

import static io.juxta.service.TinyService.CLIENT;
import static io.juxta.service.TinyService.assertRefused;
import static io.juxta.service.TinyService.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are many, slow, or gone before they are done. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ImageServiceLoadTest {
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

    /** A request of which half has arrived. */
    private static final class HalfRequest implements AutoCloseable {
        private final Socket socket;
        private final OutputStream out;

        /** Returns when the service has begun to read it. */
        HalfRequest(ImageService to) throws IOException {
            int before = to.begun();
            socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
            out = socket.getOutputStream();
            byte[] image = tiny.images.get(0);
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
            byte[] image = tiny.images.get(0);
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
        HttpResponse<byte[]> response = send(asked, "GET", "/ready", new byte[0]);
        while (response.statusCode() != status) {
            Thread.sleep(5);
            response = send(asked, "GET", "/ready", new byte[0]);
        }
        return response;
    }

    @Test
    void oneTooManyIsToldToComeAgain() throws Exception {
        try (ImageService narrow = tiny.start(1)) {
            CompletableFuture<HttpResponse<byte[]>> first;
            synchronized (tiny.translator) { // so that the first one takes as long as this does
                first = CLIENT.sendAsync(post(narrow, "/translate", tiny.images.get(0)), BodyHandlers.ofByteArray());
                while (narrow.atWork() == 0) {
                    Thread.onSpinWait();
                }
                HttpResponse<byte[]> refused = send(narrow, "POST", "/embed", tiny.images.get(0));
                assertRefused(refused, 503, "too many requests at once");
                assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(send(narrow, "GET", "/health", new byte[0]).statusCode())
                        .isEqualTo(200);
            }
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(narrow.atWork()).isZero();
            assertThat(send(narrow, "POST", "/embed", tiny.images.get(0)).statusCode())
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
        try (ImageService narrow = tiny.start(2)) {
            List<HalfRequest> slow = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                slow.add(new HalfRequest(narrow));
            }
            assertThat(send(narrow, "GET", "/health", new byte[0]).statusCode()).isEqualTo(200);
            assertThat(send(narrow, "POST", "/embed", tiny.images.get(0)).statusCode())
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
                        Networks.none().with(tiny.encoder),
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

    @Test
    void aStopWaitsForWhatIsBeingWorkedOn() throws IOException, InterruptedException {
        ImageService stopped = tiny.start(8);
        try (HalfRequest slow = new HalfRequest(stopped)) {
            Thread stopper = new Thread(stopped::close);
            stopper.start();
            assertRefused(until(503, stopped), 503, "the service is stopping");
            assertThat(slow.finish()).startsWith("HTTP/1.1 200");
            stopper.join();
        }
        assertThatThrownBy(() -> new HalfRequest(stopped)).isInstanceOf(IOException.class);
    }
}
