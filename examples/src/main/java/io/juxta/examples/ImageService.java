package io.juxta.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.juxta.Encoder;
import io.juxta.Translator;
import io.juxta.image.Decoder;
import io.juxta.image.UnreadableImageException;
import io.juxta.search.ImageIndex;
import io.juxta.search.Match;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP service on the JDK's own server: {@code POST /embed}, {@code /search} and {@code /translate}, each with an
 * image file as its body, and {@code GET /health}. Errors are JSON with one line.
 *
 * <p>It listens on 127.0.0.1 alone: what faces the world puts a proxy with TLS and authentication before it.
 */
public final class ImageService implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ImageService.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern K = Pattern.compile("(?:.*&)?k=(\\d{1,6})(?:&.*)?");
    private static final int MOST_MATCHES = 1000;

    /** What an answer consists of. */
    private record Answer(String type, byte[] body) {
        static Answer json(Map<String, ?> values) throws IOException {
            return new Answer("application/json", JSON.writeValueAsBytes(values));
        }
    }

    /** Answers a request. */
    private interface Handler {
        Answer answer(HttpExchange exchange) throws IOException, Refusal;
    }

    private final Encoder encoder;
    private final Optional<ImageIndex> index;
    private final Optional<Translator> translator;
    private final ServiceOptions options;
    private final Semaphore room;
    private final ExecutorService threads;
    private final HttpServer server;
    private volatile boolean stopping;

    /**
     * Starts the service.
     *
     * @param encoder stays the caller's to close, as do the others, after the service
     * @throws IOException when the port is taken
     */
    public ImageService(
            Encoder encoder, Optional<ImageIndex> index, Optional<Translator> translator, ServiceOptions options)
            throws IOException {
        this.encoder = encoder;
        this.index = index;
        this.translator = translator;
        this.options = options;
        this.room = new Semaphore(options.atOnce());
        // as many threads as there are connections: who finds no room is told so by one of them
        this.threads = Executors.newCachedThreadPool();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> refuse(exchange, new Refusal(404, "use /embed, /search, /translate")));
        serve("/health", "GET", exchange -> health());
        serve("/embed", "POST", this::embed);
        serve("/search", "POST", this::search);
        serve("/translate", "POST", this::translate);
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The number of requests that are being worked on. */
    int atWork() {
        return options.atOnce() - room.availablePermits();
    }

    private void serve(String path, String method, Handler handler) {
        server.createContext(path, exchange -> {
            boolean hasRoom = room.tryAcquire();
            try {
                if (!exchange.getRequestURI().getPath().equals(path)) {
                    throw new Refusal(404, "use /embed, /search, /translate");
                }
                if (!exchange.getRequestMethod().equals(method)) {
                    exchange.getResponseHeaders().set("Allow", method);
                    throw new Refusal(405, path + " takes " + method);
                }
                if (!hasRoom || stopping) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    throw new Refusal(
                            503, stopping ? "the service is stopping" : "too many requests at once, try later");
                }
                send(exchange, 200, handler.answer(exchange));
            } catch (Refusal e) {
                refuse(exchange, e);
            } catch (UnreadableImageException e) {
                refuse(exchange, new Refusal(422, String.valueOf(e.getMessage())));
            } catch (IOException e) {
                log.info("a client went away: {}", e.toString());
            } catch (RuntimeException | OutOfMemoryError e) {
                log.error("{} failed", path, e);
                refuse(exchange, new Refusal(500, "the service failed, its log says how"));
            } finally {
                if (hasRoom) {
                    room.release();
                }
                exchange.close();
            }
        });
    }

    private Answer health() throws IOException {
        return Answer.json(Map.of(
                "dimension", encoder.dimension(),
                "images", index.map(ImageIndex::size).orElse(0),
                "translates", translator.isPresent()));
    }

    private Answer embed(HttpExchange exchange) throws IOException, Refusal {
        return Answer.json(Map.of("embedding", encoder.embed(image(exchange))));
    }

    private Answer search(HttpExchange exchange) throws IOException, Refusal {
        ImageIndex searched = index.orElseThrow(() -> new Refusal(404, "there is no index here to search in"));
        int k = k(exchange);
        List<Match> found = searched.nearest(encoder.embed(image(exchange)), k);
        List<Map<String, Object>> matches = found.stream()
                .map(match -> {
                    Map<String, Object> said = new LinkedHashMap<>();
                    said.put("name", match.name());
                    said.put("cosine", match.cosine());
                    return said;
                })
                .toList();
        return Answer.json(Map.of("matches", matches));
    }

    private static int k(HttpExchange exchange) throws Refusal {
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null) {
            return 10;
        }
        Matcher matcher = K.matcher(query);
        int k = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (k < 1 || k > MOST_MATCHES) {
            throw new Refusal(400, "give ?k=N with N from 1 to " + MOST_MATCHES);
        }
        return k;
    }

    private Answer translate(HttpExchange exchange) throws IOException, Refusal {
        Translator translates =
                translator.orElseThrow(() -> new Refusal(404, "there is no generator here to translate by"));
        byte[] image = image(exchange);
        try {
            BufferedImage translated = translates.translate(image);
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(translated, "png", png);
            return new Answer("image/png", png.toByteArray());
        } catch (IllegalArgumentException e) { // too small
            throw new Refusal(422, String.valueOf(e.getMessage()));
        }
    }

    /** The body, once it is known to be no larger than it may be. */
    private byte[] image(HttpExchange exchange) throws IOException, Refusal {
        String declared = exchange.getRequestHeaders().getFirst("Content-Length");
        byte[] body = new byte[0];
        boolean large = declared != null && Long.parseLong(declared) > options.maxBody();
        if (!large) {
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(options.maxBody() + 1);
            }
        }
        if (large || body.length > options.maxBody()) {
            throw new Refusal(413, "a body may have " + options.maxBody() + " bytes");
        }
        long pixels = Decoder.pixels(body, "image");
        if (pixels > options.maxPixels()) {
            throw new Refusal(422, "an image of " + pixels + " pixels is above the limit of " + options.maxPixels());
        }
        return body;
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) {
        try {
            send(exchange, refusal.status(), Answer.json(Map.of("error", String.valueOf(refusal.getMessage()))));
        } catch (IOException e) {
            log.info("a client went away: {}", e.toString());
        }
    }

    private static void send(HttpExchange exchange, int status, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        exchange.sendResponseHeaders(status, answer.body.length);
        exchange.getResponseBody().write(answer.body);
    }

    /** Refuses what is new, waits for what is being worked on, and ends. A second call does nothing. */
    @Override
    public void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        try {
            if (!room.tryAcquire(options.atOnce(), options.drainSeconds(), TimeUnit.SECONDS)) {
                log.warn("stopped before every request was answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
