package io.juxta.examples;

/**
 * Options of an {@link ImageService}.
 *
 * @param port on 127.0.0.1; 0 for any that is free
 * @param maxBody bytes that a request may send, 16 MiB; more is answered with 413
 * @param maxPixels of an image, 25 million; more is answered with 422, before it is decoded
 * @param atOnce requests that are worked on or wait, 32; one more is answered with 503
 * @param drainSeconds how long a stop waits for those, 10
 */
public record ServiceOptions(int port, int maxBody, long maxPixels, int atOnce, int drainSeconds) {
    public ServiceOptions {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " must be from 0 (any) to 65535");
        }
        if (maxBody < 1 || maxPixels < 1 || atOnce < 1 || drainSeconds < 0) {
            throw new IllegalArgumentException("max body, max pixels and requests at once must be at least 1");
        }
    }

    /** On port 8080. */
    public static ServiceOptions defaults() {
        return new ServiceOptions(8080, 16 << 20, 25_000_000, 32, 10);
    }

    public ServiceOptions withPort(int port) {
        return new ServiceOptions(port, maxBody, maxPixels, atOnce, drainSeconds);
    }

    public ServiceOptions withLimits(int maxBody, long maxPixels, int atOnce) {
        return new ServiceOptions(port, maxBody, maxPixels, atOnce, drainSeconds);
    }
}
