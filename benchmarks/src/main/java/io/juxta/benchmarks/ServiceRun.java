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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Load on a service from another process: connections that post image files one after the other. Requests/s, milliseconds until the
 * answer, how many answers of each status, and, where the service tells, its resident memory and threads.
 *
 * <pre>{@code
 * ServiceRun URL FOLDER [CONNECTIONS=1,8,64] [SECONDS=20] [RATE=0]
 * }</pre>
 *
 * <p>With a RATE that many requests a second are sent by all connections together, where they can, and every minute is told: whether memory
 * and threads stay what they are.
 */
public final class ServiceRun {
    private static final int MOST_FILES = 1000;
    private static final int MINUTE = 60;

    private final URI url;
    private final List<byte[]> files;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ServiceRun(URI url, List<byte[]> files) {
        this.url = url;
        this.files = files;
    }

    public static void main(String[] arguments) throws Exception {
        String connections = arguments.length > 2 ? arguments[2] : "1,8,64";
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 20;
        double rate = arguments.length > 4 ? Double.parseDouble(arguments[4]) : 0;
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Path.of(arguments[1]))) {
            for (Path file :
                    all.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        ServiceRun run = new ServiceRun(URI.create(arguments[0]), files);
        for (String each : connections.split(",", -1)) {
            int count = Integer.parseInt(each);
            run.load(count, Math.max(1, Math.min(seconds / 4, MINUTE)), rate); // warms up
            int part = rate > 0 ? Math.min(seconds, MINUTE) : seconds;
            for (int done = 0; done < seconds; done += part) {
                System.out.println(run.load(count, part, rate) + run.ofTheService());
            }
        }
    }

    private String load(int connections, int seconds, double rate) throws InterruptedException {
        List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
        Map<String, Integer> answers = Collections.synchronizedMap(new TreeMap<>());
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        long pause = rate > 0 ? (long) (connections * 1e9 / rate) : 0;
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            int first = c;
            Thread thread = new Thread(() -> {
                long next = begin + pause * first / connections;
                for (int i = first; System.nanoTime() < end; i += connections) {
                    sleep(next - System.nanoTime());
                    long asked = System.nanoTime();
                    answers.merge(post(files.get(i % files.size())), 1, Integer::sum);
                    nanos.add(System.nanoTime() - asked);
                    next = Math.max(next + pause, asked);
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
                "%s, %d connections, %.0f s: %.0f requests/s, median %.1f ms, p99 %.1f ms, longest %.0f ms, answers %s",
                url.getPath(),
                connections,
                took,
                sorted.length / took,
                at(sorted, 0.5),
                at(sorted, 0.99),
                Arrays.stream(sorted).max().orElse(0),
                answers);
    }

    private static void sleep(long nanos) {
        if (nanos > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private String post(byte[] body) {
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

    /** By its own figures, where it has any. */
    private String ofTheService() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/metrics")).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "; %.0f MB resident, %.0f threads",
                figure(response.body(), "process_resident_memory_bytes") / 1e6,
                figure(response.body(), "jvm_threads_current"));
    }

    private static double figure(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
