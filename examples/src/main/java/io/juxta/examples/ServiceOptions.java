package io.juxta.examples;

import java.util.List;

/**
 * Options of an {@link ImageService}.
 *
 * @param port on 127.0.0.1; 0 for any that is free
 * @param hosts names that it is called by besides 127.0.0.1 and localhost, as by a proxy before it; none
 * @param maxBody bytes that a request may send, 16 MiB; more is answered with 413
 * @param maxPixels of an image, 25 million; more is answered with 422, before it is decoded
 * @param atOnce images that are worked on or wait for it, 32; one more is answered with 503
 * @param bodySeconds how long a body may take to come in, 10; then the connection is closed
 * @param workSeconds how long an image may be worked on, 30; then the answer is 503
 * @param drainSeconds how long a stop waits for what has been taken, 10
 */
public record ServiceOptions(
        int port,
        List<String> hosts,
        int maxBody,
        long maxPixels,
        int atOnce,
        int bodySeconds,
        int workSeconds,
        int drainSeconds) {
    public ServiceOptions {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " must be from 0 (any) to 65535");
        }
        if (maxBody < 1 || maxPixels < 1 || atOnce < 1 || drainSeconds < 0) {
            throw new IllegalArgumentException("max body, max pixels and requests at once must be at least 1");
        }
        if (bodySeconds < 1 || workSeconds < 1) {
            throw new IllegalArgumentException("seconds for a body and for work must be at least 1");
        }
        hosts = List.copyOf(hosts);
    }

    /** On port 8080. */
    public static ServiceOptions defaults() {
        return new ServiceOptions(8080, List.of(), 16 << 20, 25_000_000, 32, 10, 30, 10);
    }

    public ServiceOptions withPort(int port) {
        return new ServiceOptions(port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withHosts(List<String> hosts) {
        return new ServiceOptions(port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withLimits(int maxBody, long maxPixels, int atOnce) {
        return new ServiceOptions(port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withSeconds(int bodySeconds, int workSeconds) {
        return new ServiceOptions(port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }
}
