package io.juxta.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Load on a service: several connections post image files one after the other. Requests/s, milliseconds until the answer,
 * and how many answers of each status. {@code ServiceRun URL FOLDER [CONNECTIONS=8] [SECONDS=20]}.
 */
public final class ServiceRun {
    private static final int MOST_FILES = 1000;

    private ServiceRun() {}

    public static void main(String[] arguments) throws Exception {
        URI url = URI.create(arguments[0]);
        int connections = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 8;
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 20;
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Path.of(arguments[1]))) {
            for (Path file :
                    all.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        load(url, files, connections, Math.max(1, seconds / 4)); // warms up
        System.out.println(load(url, files, connections, seconds));
    }

    private static String load(URI url, List<byte[]> files, int connections, int seconds) throws InterruptedException {
        List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
        Map<String, Integer> answers = Collections.synchronizedMap(new TreeMap<>());
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            int first = c;
            Thread thread = new Thread(() -> {
                for (int i = first; System.nanoTime() < end; i += connections) {
                    long asked = System.nanoTime();
                    answers.merge(post(client, url, files.get(i % files.size())), 1, Integer::sum);
                    nanos.add(System.nanoTime() - asked);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - begin) / 1e9;
        double[] sorted = nanos.stream().mapToDouble(n -> n / 1e6).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%d connections, %.0f s: %.0f requests/s, median %.1f ms, p99 %.1f ms, longest %.0f ms, answers %s",
                connections,
                took,
                sorted.length / took,
                at(sorted, 0.5),
                at(sorted, 0.99),
                Arrays.stream(sorted).max().orElse(0),
                answers);
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private static String post(HttpClient client, URI url, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(url)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return String.valueOf(
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
