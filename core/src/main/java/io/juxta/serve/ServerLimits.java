package io.juxta.serve;

import java.util.Map;
import org.apiguardian.api.API;

/**
 * Limits of the JDK's HTTP server, against those who open connections and say little. It reads them once, when its first
 * class is loaded: {@link #apply} comes before. What the program has set itself stays.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class ServerLimits {
    /** Seconds that a request may take to come in, headers and body. */
    public static final int REQUEST_SECONDS = 10;

    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", Integer.toString(REQUEST_SECONDS),
            // seconds that an answer may take to be taken
            "sun.net.httpserver.maxRspTime", "60",
            // seconds that a connection may wait for its next request, and how many may
            "sun.net.httpserver.idleInterval", "10",
            "sun.net.httpserver.maxIdleConnections", "64",
            "sun.net.httpserver.maxReqHeaders", "64",
            // each has a thread that waits; more are closed at once
            "jdk.httpserver.maxConnections", "1024",
            // answers at once
            "sun.net.httpserver.nodelay", "true");

    private ServerLimits() {}

    /** Sets those that are not set. */
    public static void apply() {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
