package io.juxta.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Options of an {@link ImageService}.
 *
 * @param listen the address that it listens at, 127.0.0.1: programs of this machine alone; 0.0.0.0 for all of its addresses
 * @param port 8080; 0 for any that is free
 * @param hosts names that it is called by besides 127.0.0.1 and localhost, as by a proxy before it or in a cluster; none
 * @param maxBody bytes that a request may send, 16 MiB; more is answered with 413
 * @param maxPixels of an image, 25 million; more is answered with 422, before it is decoded
 * @param atOnce images that are worked on or wait for it, 32; one more is answered with 503
 * @param bodySeconds how long a body may take to come in, 10; then the connection is closed
 * @param workSeconds how long an image may be worked on, 30; then the answer is 503
 * @param drainSeconds how long a stop waits for what has been taken, 10
 */
@API(status = API.Status.EXPERIMENTAL)
public record ServiceOptions(
        String listen,
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
        require("a body's bytes", maxBody, 1 << 30);
        require("an image's pixels", maxPixels, 1 << 30);
        require("images at once", atOnce, 10_000);
        require("seconds for a body", bodySeconds, 3600);
        require("seconds for work", workSeconds, 3600);
        if (drainSeconds < 0) {
            throw new IllegalArgumentException("seconds for a stop must be at least 0");
        }
        address(listen);
        hosts = List.copyOf(hosts);
    }

    private static void require(String name, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + ", " + value + ", must be from 1 to " + most);
        }
    }

    private static InetAddress address(String listen) {
        try {
            return InetAddress.getByName(listen);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "'" + listen + "' is no address to listen at: give 127.0.0.1, or 0.0.0.0 for all of this machine's",
                    e);
        }
    }

    /** Whether programs of this machine alone can reach it. */
    public boolean isLocal() {
        return address(listen).isLoopbackAddress();
    }

    /** At 127.0.0.1, port 8080. */
    public static ServiceOptions defaults() {
        return new ServiceOptions("127.0.0.1", 8080, List.of(), 16 << 20, 25_000_000, 32, 10, 30, 10);
    }

    public ServiceOptions withListen(String listen) {
        return new ServiceOptions(
                listen, port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withPort(int port) {
        return new ServiceOptions(
                listen, port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withHosts(List<String> hosts) {
        return new ServiceOptions(
                listen, port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withLimits(int maxBody, long maxPixels, int atOnce) {
        return new ServiceOptions(
                listen, port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }

    public ServiceOptions withSeconds(int bodySeconds, int workSeconds) {
        return new ServiceOptions(
                listen, port, hosts, maxBody, maxPixels, atOnce, bodySeconds, workSeconds, drainSeconds);
    }
}
