package io.juxta.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.juxta.report.page.Page;
import io.juxta.serve.LoopbackServer;
import io.juxta.train.log.ProgressFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** As many connections as the JDK's server keeps, at the least. */
    private static final int THREADS = 1024;

    /** Tries to read a folder that is being written, and the pause between two. */
    private static final int TRIES = 4;

    private static final long PAUSE_MILLIS = 150;

    private final Path run;
    private final LoopbackServer server;

    private LiveReport(Path run, int port) throws IOException {
        this.run = run;
        this.server = LoopbackServer.open("live report", port, THREADS, this::answer);
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
        return new LiveReport(run, port);
    }

    /** Where a browser finds it. */
    public URI address() {
        return server.address();
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (LoopbackServer.allows(exchange, "GET", "HEAD")) {
            switch (exchange.getRequestURI().getRawPath()) {
                case "/" -> page(exchange);
                case "/progress" -> LoopbackServer.send(exchange, 200, "application/json", progress() + "\n");
                default -> LoopbackServer.send(exchange, 404, "text/plain", "the report is at /\n");
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
                LoopbackServer.send(exchange, 200, "text/html", "");
            } else {
                LoopbackServer.send(exchange, 200, "text/html", rendered());
            }
        } catch (UnreadableRun e) {
            exchange.getResponseHeaders().remove("ETag");
            LoopbackServer.send(exchange, 503, "text/plain", e.getMessage() + "\n");
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
        server.close();
    }
}
