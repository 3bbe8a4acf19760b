package io.juxta.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apiguardian.api.API;

/**
 * A server that this machine alone can reach: it listens on 127.0.0.1, and answers only who names it so ({@link Callers}).
 * Its threads are its own, one for each connection so that who only half asks holds nobody up: made when they are needed,
 * ended when it is closed. Connections beyond their number are closed.
 */
@API(status = API.Status.INTERNAL)
public final class LoopbackServer implements AutoCloseable {
    private static final Callers CALLERS = Callers.local();
    private static final long PATIENCE_SECONDS = 30;

    private final String called;
    private final HttpHandler handler;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final List<Thread> made = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();

    private LoopbackServer(String called, int most, HttpServer server, HttpHandler handler) {
        this.called = called;
        this.handler = handler;
        this.server = server;
        this.threads = new ThreadPoolExecutor(0, most, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, called);
            made.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            made.add(thread);
            return thread;
        });
    }

    /**
     * Begins to serve.
     *
     * @param called the name of its threads
     * @param port 0 for any that is free
     * @param most threads, and so connections
     * @param handler need not close the exchange
     * @throws IOException when the port is taken, in one line
     */
    public static LoopbackServer open(String called, int port, int most, HttpHandler handler) throws IOException {
        ServerLimits.apply();
        HttpServer listening;
        try {
            InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            listening = HttpServer.create(new InetSocketAddress(here, port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "port " + port + " of 127.0.0.1 cannot be had (" + e.getMessage()
                            + "): choose another with --port, or 0 for any that is free",
                    e);
        }
        LoopbackServer server = new LoopbackServer(called, most, listening, handler);
        listening.setExecutor(server.threads);
        listening.createContext("/", server::answer);
        listening.start();
        return server;
    }

    /** Where a browser finds it. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        try (exchange) {
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            Optional<String> objection = CALLERS.objection(exchange.getRequestHeaders());
            if (objection.isPresent()) {
                send(exchange, 403, "text/plain", objection.get() + "\n");
            } else {
                handler.handle(exchange);
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** Whether the request's method is one of some; says so and answers where it is not. */
    public static boolean allows(HttpExchange exchange, String... methods) throws IOException {
        boolean allowed = List.of(methods).contains(exchange.getRequestMethod());
        if (!allowed) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
            send(exchange, 405, "text/plain", "only " + String.join(" and ", methods) + " are answered\n");
        }
        return allowed;
    }

    /** Answers with a text in UTF-8; with its head alone where that was asked for. */
    public static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        send(exchange, status, type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with bytes. */
    public static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean empty = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        exchange.sendResponseHeaders(status, empty ? -1 : body.length);
        if (!empty) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops listening, gives answers under way a second, ends the threads and waits for them. */
    @Override
    public void close() {
        server.stop(underWay.get() > 0 ? 1 : 0); // it waits a second, even where nothing is under way
        threads.shutdownNow();
        try {
            for (Thread thread : made) { // a pool that has terminated has threads that are only about to end
                thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                if (thread.isAlive()) {
                    throw new IllegalStateException("a thread of the " + called + " did not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
