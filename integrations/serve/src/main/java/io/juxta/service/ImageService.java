package io.juxta.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.juxta.image.Decoder;
import io.juxta.image.UnreadableImageException;
import io.juxta.serve.Callers;
import io.juxta.serve.Deadlines;
import io.juxta.serve.ServerLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP service on the JDK's own server. {@code POST /embed}, {@code /search}, {@code /classify}, {@code /detect} and {@code /translate},
 * as there are networks for them, each take an image file as their body; {@code GET /health} says that it lives, {@code /ready} whether
 * it takes requests, {@code /metrics} what it counts, {@code /openapi.json} how it is asked. Errors are JSON with one line.
 *
 * <pre>{@code
 * try (ImageService service = new ImageService(Networks.none().with(encoder), ServiceOptions.defaults())) {
 *     System.out.println("listening on " + service.address());
 *     untilToldToEnd.await();
 * }
 * }</pre>
 *
 * <p>It listens on 127.0.0.1 alone unless it is told otherwise: what faces the world puts a proxy with TLS and authentication before it.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class ImageService implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ImageService.class);

    /** Answers a request. */
    @FunctionalInterface
    private interface Handler {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    static {
        ServerLimits.apply();
    }

    private final Networks networks;
    private final ImageWork work;
    private final ServiceOptions options;
    private final Callers callers;
    private final Semaphore room;
    private final Deadlines deadlines = new Deadlines();
    private final Bodies bodies;
    private final ServiceMetrics metrics = new ServiceMetrics(this::begun, this::atWork);
    /** What is got without sending anything, by its path. */
    private final Map<String, Handler> got = new TreeMap<>();
    /** Requests that have begun and are not answered yet; guarded by itself. */
    private final Set<HttpExchange> begun = new HashSet<>();

    private final ExecutorService threads;
    private final HttpServer server;
    private volatile boolean stopping;

    /**
     * Starts the service.
     *
     * @param networks stay the caller's to close, after the service
     * @throws IOException when the port is taken, in one line
     */
    public ImageService(Networks networks, ServiceOptions options) throws IOException {
        this.networks = networks;
        this.work = new ImageWork(networks);
        this.options = options;
        Callers named = Callers.local().and(options.hosts());
        this.callers = options.isLocal() ? named : named.andByAddress();
        this.room = new Semaphore(options.atOnce());
        this.bodies = new Bodies(options, deadlines);
        byte[] described = OpenApi.of(work.paths().keySet());
        got.put("/health", exchange -> Answer.json(Map.of("status", "up")));
        got.put("/ready", exchange -> ready());
        got.put("/metrics", exchange -> metrics.answer());
        got.put("/openapi.json", exchange -> new Answer("application/json", described));
        // as many threads as there are connections: who finds no room is told so by one of them
        this.threads = Executors.newCachedThreadPool();
        try {
            this.server = HttpServer.create(new InetSocketAddress(options.listen(), options.port()), 0);
        } catch (IOException e) {
            threads.shutdown();
            deadlines.close();
            throw new IOException(
                    "cannot listen on " + options.listen() + ", port " + options.port() + ": " + e.getMessage()
                            + "; choose another --port or --listen",
                    e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it listens, for people and programs. */
    public String address() {
        String host = options.listen();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
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

    /** A place is taken once the image is here, and given back when the work on it has ended. */
    private Answer worked(HttpExchange exchange, ImageWork.Work of) throws IOException {
        try (Bodies.Body body = bodies.read(exchange)) {
            if (!room.tryAcquire()) {
                throw Refusal.later("too many requests at once, try later");
            }
            try {
                return deadlines.within(Duration.ofSeconds(options.workSeconds()), () -> of.of(checked(body.bytes())));
            } catch (Deadlines.Exceeded e) {
                throw Refusal.later("the image " + e.getMessage() + ", try later or a smaller one");
            } finally {
                room.release();
            }
        }
    }

    private void answer(HttpExchange exchange) {
        long begin = System.nanoTime();
        synchronized (begun) {
            begun.add(exchange);
        }
        String path = exchange.getRequestURI().getPath();
        int status = 0;
        try {
            status = send(exchange, 200, answered(exchange, path));
        } catch (Refusal e) {
            status = refuse(exchange, e);
        } catch (UnreadableImageException e) {
            status = refuse(exchange, new Refusal(422, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            log.info("a client went away, or was too slow: {}", e.toString());
        } catch (RuntimeException | OutOfMemoryError e) {
            status = refuse(exchange, failed(path, e));
        } finally {
            exchange.close();
            boolean own = got.containsKey(path) || work.paths().containsKey(path);
            metrics.answered(own ? path : "other", status, System.nanoTime() - begin);
            synchronized (begun) {
                begun.remove(exchange);
                begun.notifyAll();
            }
        }
    }

    private Answer answered(HttpExchange exchange, String path) throws IOException {
        Optional<String> objection = callers.objection(exchange.getRequestHeaders());
        if (objection.isPresent()) {
            throw new Refusal(403, objection.get());
        }
        Handler handler = got.get(path);
        if (handler != null) {
            requireMethod(exchange, path, "GET");
            return handler.answer(exchange);
        }
        ImageWork.Asked asked = work.at(path);
        requireMethod(exchange, path, "POST");
        if (stopping) {
            throw stopping();
        }
        return worked(exchange, asked.of(Parameters.of(exchange.getRequestURI().getRawQuery())));
    }

    private static void requireMethod(HttpExchange exchange, String path, String method) throws Refusal {
        if (!exchange.getRequestMethod().equals(method)) {
            exchange.getResponseHeaders().set("Allow", method);
            throw new Refusal(405, path + " takes " + method);
        }
    }

    private static Refusal stopping() {
        return Refusal.later("the service is stopping");
    }

    private Answer ready() throws IOException {
        if (stopping) {
            throw stopping();
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("status", "ready");
        said.put("paths", List.copyOf(work.paths().keySet()));
        networks.encoder().ifPresent(encoder -> said.put("dimension", encoder.dimension()));
        if (networks.pictures().isPresent()) {
            said.put("images", networks.pictures().get().size());
        }
        networks.classifier().ifPresent(classifier -> said.put("classes", classifier.classes()));
        networks.detector().ifPresent(detector -> said.put("objects", detector.classes()));
        return Answer.json(said);
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

    /** The image, once it is known to have no more pixels than it may. */
    private byte[] checked(byte[] image) throws IOException {
        long pixels = Decoder.pixels(image, "image");
        if (pixels > options.maxPixels()) {
            throw new Refusal(422, "an image of " + pixels + " pixels is above the limit of " + options.maxPixels());
        }
        return image;
    }

    /** @return the status, or 0 where nobody was there to be told */
    private static int refuse(HttpExchange exchange, Refusal refusal) {
        if (refusal.status() == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        try {
            return send(exchange, refusal.status(), Answer.json(Map.of("error", String.valueOf(refusal.getMessage()))));
        } catch (IOException e) {
            log.info("a client went away: {}", e.toString());
            return 0;
        }
    }

    private static int send(HttpExchange exchange, int status, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(status, answer.body().length);
        exchange.getResponseBody().write(answer.body());
        return status;
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
