package io.juxta.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.juxta.report.page.Page;
import io.juxta.serve.Callers;
import io.juxta.serve.ServerLimits;
import io.juxta.train.log.ProgressFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Serves a run's report on this machine while the run goes on. The page asks now and then whether the folder has
 * changed, and takes over what is new; where the run stands within its epoch lies at {@code /progress}, as JSON.
 *
 * <p>It listens on 127.0.0.1 only, answers only who names it so (a page elsewhere that had its own name point here would
 * not), knows one page, and only shows. What is half written when it looks, it looks at again. Its threads are its own: made
 * when it opens, ended when it is closed.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class LiveReport implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Callers CALLERS = Callers.local();
    private static final long PATIENCE_SECONDS = 30;

    /** Tries to read a folder that is being written, and the pause between two. */
    private static final int TRIES = 4;

    private static final long PAUSE_MILLIS = 150;

    private final Path run;
    private final HttpServer server;
    private final ExecutorService threads;
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private LiveReport(Path run, HttpServer server) {
        this.run = run;
        this.server = server;
        // one for each connection: who only half asks holds nobody up
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "live report");
            made.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            made.add(thread);
            return thread;
        });
    }

    /**
     * Begins to serve.
     *
     * @param run the run's folder
     * @param port 0 for any that is free
     * @throws IOException when the folder is no run's, or the port is taken, in one line
     */
    public static LiveReport open(Path run, int port) throws IOException {
        patiently(() -> Report.page(run, Page.Kind.LIVE));
        ServerLimits.apply();
        HttpServer server;
        try {
            InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            server = HttpServer.create(new InetSocketAddress(here, port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "port " + port + " of 127.0.0.1 cannot be had (" + e.getMessage()
                            + "): choose another with --port, or 0 for any that is free",
                    e);
        }
        LiveReport report = new LiveReport(run, server);
        server.setExecutor(report.threads);
        server.createContext("/", report::answer);
        server.start();
        return report;
    }

    /** Where a browser finds it. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            String method = exchange.getRequestMethod();
            Optional<String> objection = CALLERS.objection(exchange.getRequestHeaders());
            if (objection.isPresent()) {
                send(exchange, 403, "text/plain", objection.get() + "\n");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "text/plain", "only GET and HEAD are answered\n");
            } else {
                switch (exchange.getRequestURI().getRawPath()) {
                    case "/" -> page(exchange);
                    case "/progress" -> send(exchange, 200, "application/json", progress() + "\n");
                    default -> send(exchange, 404, "text/plain", "the report is at /\n");
                }
            }
        }
    }

    private void page(HttpExchange exchange) throws IOException {
        try {
            String state = patiently(this::state);
            exchange.getResponseHeaders().set("ETag", state);
            if (state.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
            } else if (exchange.getRequestMethod().equals("HEAD")) {
                send(exchange, 200, "text/html", "");
            } else {
                send(exchange, 200, "text/html", rendered());
            }
        } catch (UnreadableRun e) {
            exchange.getResponseHeaders().remove("ETag");
            send(exchange, 503, "text/plain", e.getMessage() + "\n");
        }
    }

    /** One at a time: a page takes memory and a core. */
    private synchronized String rendered() throws IOException {
        return patiently(() -> Report.page(run, Page.Kind.LIVE));
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A folder that cannot be read, in one line; unlike a reader of the answer who has gone. */
    private static final class UnreadableRun extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableRun(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** A run that writes, or begins anew, may have taken away what was just listed: that is over in a moment. */
    private static <T> T patiently(Reading<T> reading) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return reading.read();
            } catch (IOException | UncheckedIOException e) {
                if (tries == TRIES) {
                    throw new UnreadableRun(
                            e instanceof UncheckedIOException unchecked
                                    ? Objects.requireNonNull(unchecked.getCause())
                                    : (IOException) e);
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Where a run at work stands within its epoch; an empty object where none is. */
    private String progress() {
        ObjectNode json = JSON.createObjectNode();
        ProgressFile.read(run).ifPresent(told -> {
            ProgressFile.put(json, told.now());
            json.put("seconds_ago", told.age().toSeconds());
        });
        return json.toString();
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        boolean empty = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, empty ? -1 : body.length);
        if (!empty) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Another one whenever a file that the report is made of is another. */
    private String state() throws IOException {
        List<String> files = new ArrayList<>();
        for (Path folder : List.of(run, run.resolve("snapshots"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> entries = Files.list(folder)) {
                    for (Path file : entries.sorted().toList()) {
                        stamp(file).ifPresent(files::add);
                    }
                }
            }
        }
        return "\"" + HexFormat.of().toHexDigits(files.hashCode()) + "-" + files.size() + "\"";
    }

    private static Optional<String> stamp(Path file) throws IOException {
        String name = file.getFileName().toString();
        boolean matters = name.endsWith(".json") && !name.equals("progress.json")
                || name.equals("events.jsonl")
                || name.equals("metrics.csv")
                || name.equals("recipe.yaml");
        if (!matters || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(
                    file + " " + attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey());
        } catch (NoSuchFileException e) {
            // it went away just now
            return Optional.empty();
        }
    }

    /** Stops listening, gives answers under way a second, ends the threads and waits for them. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdownNow();
        try {
            for (Thread thread : made) { // a pool that has terminated has threads that are only about to end
                thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                if (thread.isAlive()) {
                    throw new IllegalStateException("a thread of the live report did not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
