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
import io.juxta.serve.Callers;
import io.juxta.serve.Deadlines;
import io.juxta.serve.ServerLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Answers a request that has no body. */
    @FunctionalInterface
    private interface Handler {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    /** What is done to an image. */
    @FunctionalInterface
    private interface Work {
        Answer of(byte[] image) throws IOException;
    }

    static {
        ServerLimits.apply();
    }

    private final Encoder encoder;
    private final Optional<ImageIndex> index;
    private final Optional<Translator> translator;
    private final ServiceOptions options;
    private final Callers callers;
    private final Semaphore room;
    private final Deadlines deadlines = new Deadlines();
    private final Bodies bodies;
    /** Requests that have begun and are not answered yet; guarded by itself. */
    private final Set<HttpExchange> begun = new HashSet<>();

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
        this.callers = Callers.local().and(options.hosts());
        this.room = new Semaphore(options.atOnce());
        this.bodies = new Bodies(options, deadlines);
        // as many threads as there are connections: who finds no room is told so by one of them
        this.threads = Executors.newCachedThreadPool();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, "/", "GET", ignored -> health()));
        server.createContext("/health", exchange -> answer(exchange, "/health", "GET", ignored -> health()));
        serve("/embed", exchange -> this::embed);
        serve("/search", this::search);
        serve("/translate", exchange -> translate());
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The number of requests that have begun and are not answered yet. */
    int begun() {
        synchronized (begun) {
            return begun.size();
        }
    }

    /** The number of images that are worked on. */
    int atWork() {
        return options.atOnce() - room.availablePermits();
    }

    /** What a request is about, before its image is read. */
    @FunctionalInterface
    private interface Asked {
        Work of(HttpExchange exchange) throws Refusal;
    }

    private void serve(String path, Asked asked) {
        server.createContext(path, exchange -> answer(exchange, path, "POST", post -> worked(post, asked.of(post))));
    }

    /** A place is taken once the image is here, and given back when the work on it has ended. */
    private Answer worked(HttpExchange exchange, Work work) throws IOException {
        try (Bodies.Body body = bodies.read(exchange)) {
            if (!room.tryAcquire()) {
                throw Refusal.later("too many requests at once, try later");
            }
            try {
                return deadlines.within(
                        Duration.ofSeconds(options.workSeconds()), () -> work.of(checked(body.bytes())));
            } catch (Deadlines.Exceeded e) {
                throw Refusal.later("the image " + e.getMessage() + ", try later or a smaller one");
            } finally {
                room.release();
            }
        }
    }

    private void answer(HttpExchange exchange, String path, String method, Handler handler) {
        synchronized (begun) {
            begun.add(exchange);
        }
        try {
            Optional<String> objection = callers.objection(exchange.getRequestHeaders());
            if (objection.isPresent()) {
                throw new Refusal(403, objection.get());
            }
            if (!exchange.getRequestURI().getPath().equals(path) || path.equals("/")) {
                throw new Refusal(404, "use /embed, /search, /translate");
            }
            if (!exchange.getRequestMethod().equals(method)) {
                exchange.getResponseHeaders().set("Allow", method);
                throw new Refusal(405, path + " takes " + method);
            }
            if (stopping) {
                throw Refusal.later("the service is stopping");
            }
            send(exchange, 200, handler.answer(exchange));
        } catch (Refusal e) {
            refuse(exchange, e);
        } catch (UnreadableImageException e) {
            refuse(exchange, new Refusal(422, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            log.info("a client went away, or was too slow: {}", e.toString());
        } catch (RuntimeException | OutOfMemoryError e) {
            refuse(exchange, failed(path, e));
        } finally {
            exchange.close();
            synchronized (begun) {
                begun.remove(exchange);
                begun.notifyAll();
            }
        }
    }

    /** What there was no memory for may be asked again; anything else is a failure of the service's own. */
    static Refusal failed(String path, Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof OutOfMemoryError || message.contains("not enough memory")) {
                log.warn("{} ran out of memory: {}", path, message);
                return Refusal.later("there is no memory for this image now, try later or a smaller one");
            }
        }
        log.error("{} failed", path, e);
        return new Refusal(500, "the service failed, its log says how");
    }

    private Answer health() throws IOException {
        return Answer.json(Map.of(
                "dimension", encoder.dimension(),
                "images", index.map(ImageIndex::size).orElse(0),
                "translates", translator.isPresent()));
    }

    private Answer embed(byte[] image) throws IOException {
        return Answer.json(Map.of("embedding", encoder.embed(image)));
    }

    private Work search(HttpExchange exchange) throws Refusal {
        ImageIndex searched = index.orElseThrow(() -> new Refusal(404, "there is no index here to search in"));
        int k = k(exchange);
        return image -> {
            List<Match> found = searched.nearest(encoder.embed(image), k);
            List<Map<String, Object>> matches = found.stream()
                    .map(match -> {
                        Map<String, Object> said = new LinkedHashMap<>();
                        said.put("name", match.name());
                        said.put("cosine", match.cosine());
                        return said;
                    })
                    .toList();
            return Answer.json(Map.of("matches", matches));
        };
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

    private Work translate() throws Refusal {
        Translator translates =
                translator.orElseThrow(() -> new Refusal(404, "there is no generator here to translate by"));
        return image -> {
            BufferedImage translated;
            try {
                translated = translates.translate(image);
            } catch (IllegalArgumentException e) { // too small
                throw new Refusal(422, String.valueOf(e.getMessage()));
            }
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(translated, "png", png);
            return new Answer("image/png", png.toByteArray());
        };
    }

    /** The image, once it is known to have no more pixels than it may. */
    private byte[] checked(byte[] image) throws IOException {
        long pixels = Decoder.pixels(image, "image");
        if (pixels > options.maxPixels()) {
            throw new Refusal(422, "an image of " + pixels + " pixels is above the limit of " + options.maxPixels());
        }
        return image;
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) {
        if (refusal.status() == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
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
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.drainSeconds());
        try {
            synchronized (begun) {
                for (long left = end - System.nanoTime();
                        !begun.isEmpty() && left > 0;
                        left = end - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(begun, left);
                }
                if (!begun.isEmpty()) {
                    log.warn("stopped before every request was answered");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        threads.shutdownNow();
        deadlines.close();
    }
}
