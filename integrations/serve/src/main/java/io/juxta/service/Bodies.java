package io.juxta.service;

import com.sun.net.httpserver.HttpExchange;
import io.juxta.serve.Deadlines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * The bodies of requests while they come in and are worked on. They count by the bytes that have come: who sends little
 * takes little, and slow ones keep nobody from being served. All of them may take a quarter of the heap.
 */
final class Bodies {
    private static final int CHUNK = 16 << 10;

    private final int limit;
    private final Duration patience;
    private final Deadlines deadlines;
    private final Semaphore chunks = new Semaphore((int)
            Math.min(1 << 20, Math.max(64, Runtime.getRuntime().maxMemory() / 4 / CHUNK)));

    Bodies(ServiceOptions options, Deadlines deadlines) {
        this.limit = options.maxBody();
        this.patience = Duration.ofSeconds(options.bodySeconds());
        this.deadlines = deadlines;
    }

    /** A body; what it takes is given back when it is closed. */
    final class Body implements AutoCloseable {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int taken;

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void read(InputStream in) throws IOException {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                bytes.write(chunk, 0, n);
                if (bytes.size() > limit) {
                    throw tooLarge();
                }
                while ((long) taken * CHUNK < bytes.size()) {
                    if (!chunks.tryAcquire()) {
                        throw Refusal.later("too much is being sent at once, try later");
                    }
                    taken++;
                }
            }
        }

        @Override
        public void close() {
            chunks.release(taken);
            taken = 0;
        }
    }

    private Refusal tooLarge() {
        return new Refusal(413, "a body may have " + limit + " bytes");
    }

    /**
     * Reads the body of a request.
     *
     * @throws IOException when it has not come in time; the connection is closed then
     */
    Body read(HttpExchange exchange) throws IOException {
        String declared = exchange.getRequestHeaders().getFirst("Content-Length");
        if (declared != null && Long.parseLong(declared) > limit) {
            throw tooLarge();
        }
        Body body = new Body();
        try {
            return deadlines.within(patience, () -> {
                try (InputStream in = exchange.getRequestBody()) {
                    body.read(in);
                    return body;
                }
            });
        } catch (IOException | RuntimeException | Error e) {
            body.close();
            throw e;
        }
    }
}
