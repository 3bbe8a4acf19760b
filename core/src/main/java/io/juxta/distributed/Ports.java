package io.juxta.distributed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import org.apiguardian.api.API;

/** Ports of this machine for processes to meet at. */
@API(status = API.Status.INTERNAL)
public final class Ports {
    /** From here to {@link #END}, below what Linux (from 32768) and others (from 49152) lend to whoever asks for any. */
    static final int BEGIN = 20_000;

    static final int END = 32_000;

    private static final int TRIALS = 100;

    private Ports() {}

    /**
     * A port that was free a moment ago. Rank 0 takes it seconds later, when its JVM has started: nobody is likely to
     * have come before it, as the system gives such a port only to those who name it.
     *
     * @throws IOException when a hundred that were tried are taken
     */
    public static int free() throws IOException {
        return free(() -> ThreadLocalRandom.current().nextInt(BEGIN, END));
    }

    static int free(IntSupplier candidates) throws IOException {
        IOException last = new IOException("none was tried");
        for (int trial = 0; trial < TRIALS; trial++) {
            int port = candidates.getAsInt();
            try {
                requireFree(port);
                return port;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException(
                "no port is free among " + TRIALS + " tried from " + BEGIN + " to " + (END - 1) + " ("
                        + last.getMessage() + "): name one",
                last);
    }

    /** @throws IOException when nobody can listen there */
    static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        }
    }
}
