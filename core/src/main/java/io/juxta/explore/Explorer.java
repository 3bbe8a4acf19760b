package io.juxta.explore;

import com.sun.net.httpserver.HttpExchange;
import io.juxta.image.UnreadableImageException;
import io.juxta.serve.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apiguardian.api.API;

/**
 * Serves the page until it is closed. Every address begins with a token that only the command's output tells; whoever asks
 * without it hears nothing of the pictures.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Explorer implements AutoCloseable {
    /** Connections at once; a browser opens six. */
    private static final int THREADS = 64;

    private static final int TOKEN_BYTES = 16;

    private final byte[] token;
    private final PageFiles files = new PageFiles();
    private final Answers answers;
    private final LoopbackServer server;

    private Explorer(Answers answers, int port) throws IOException {
        this.answers = answers;
        byte[] drawn = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(drawn);
        token = HexFormat.of().formatHex(drawn).getBytes(StandardCharsets.US_ASCII);
        server = LoopbackServer.open("explorer", port, THREADS, this::answer);
    }

    /**
     * Begins to serve.
     *
     * @param answers what is known; becomes this object's to close, also where this fails
     * @param port 0 for any that is free
     * @throws IOException when the port is taken, in one line
     */
    public static Explorer open(Answers answers, int port) throws IOException {
        try {
            return new Explorer(answers, port);
        } catch (IOException e) {
            answers.close();
            throw e;
        }
    }

    /** Where a browser finds it: with the token. */
    public URI address() {
        return server.address().resolve(new String(token, StandardCharsets.US_ASCII) + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        int slash = path.indexOf('/', 1);
        byte[] said = path.substring(1, slash < 0 ? path.length() : slash).getBytes(StandardCharsets.UTF_8);
        if (slash < 0 || !MessageDigest.isEqual(said, token)) {
            LoopbackServer.send(
                    exchange, 403, "text/plain", "open the address that juxta explore has printed, all of it\n");
            return;
        }
        String asked = path.substring(slash + 1);
        try {
            if (!files.answer(exchange, asked) && !answers.answer(exchange, asked)) {
                LoopbackServer.send(exchange, 404, "text/plain", "there is nothing of that name\n");
            }
        } catch (Answers.Refused e) {
            LoopbackServer.send(exchange, e.status(), "text/plain", line(e));
        } catch (Thumbnails.BusyException e) {
            LoopbackServer.send(exchange, 503, "text/plain", line(e));
        } catch (UnreadableImageException e) {
            LoopbackServer.send(exchange, 410, "text/plain", line(e));
        } catch (IllegalArgumentException e) {
            LoopbackServer.send(exchange, 400, "text/plain", line(e));
        }
    }

    private static String line(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("[\\p{Cc}\\p{Cf}]", " ") + "\n";
    }

    /** Stops listening, ends the threads and frees the embeddings. */
    @Override
    public void close() {
        server.close();
        answers.close();
    }
}
