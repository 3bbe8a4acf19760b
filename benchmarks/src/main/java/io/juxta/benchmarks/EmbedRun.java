package io.juxta.benchmarks;

import io.juxta.Encoder;
import io.juxta.EncoderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * Image files embedded one call each, by one thread and by many in turn: images/s, what is resident, and whether all
 * threads got the same. {@code EmbedRun WEIGHTS FOLDER [IMAGES=10000] [THREADS=8] [ROUNDS=3]}.
 */
public final class EmbedRun {
    private static final double TOLERANCE = 1e-5;

    private EmbedRun() {}

    public static void main(String[] arguments) throws Exception {
        int images = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10_000;
        int threads = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 8;
        int rounds = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 3;
        List<byte[]> files = files(Path.of(arguments[1]), images);
        try (Encoder encoder =
                Encoder.load(Path.of(arguments[0]), EncoderOptions.defaults().withDevice("cpu"))) {
            float[][] expected = run(encoder, files.subList(0, Math.min(1000, files.size())), 1); // warms up
            for (int round = 0; round < rounds; round++) {
                for (int count : new int[] {1, threads}) {
                    long started = System.nanoTime();
                    float[][] found = run(encoder, files, count);
                    double seconds = (System.nanoTime() - started) / 1e9;
                    System.out.printf(
                            Locale.ROOT,
                            "%d threads: %,d images, %.0f images/s, %.1f MiB resident, largest difference %.1e%n",
                            count,
                            files.size(),
                            files.size() / seconds,
                            Pointer.physicalBytes() / 1048576.0,
                            difference(found, expected));
                    expected = found;
                }
            }
        }
    }

    private static List<byte[]> files(Path folder, int most) throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file :
                    all.filter(Files::isRegularFile).sorted().limit(most).toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static float[][] run(Encoder encoder, List<byte[]> files, int threads) throws Exception {
        float[][] found = new float[files.size()][];
        AtomicInteger next = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                running.add(callers.submit(() -> {
                    for (int i = next.getAndIncrement(); i < found.length; i = next.getAndIncrement()) {
                        found[i] = encoder.embed(files.get(i));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            callers.shutdown();
        }
        return found;
    }

    private static double difference(float[][] found, float[][] expected) {
        double largest = 0;
        for (int i = 0; i < Math.min(found.length, expected.length); i++) {
            for (int j = 0; j < found[i].length; j++) {
                largest = Math.max(largest, Math.abs(found[i][j] - expected[i][j]));
            }
        }
        if (largest > TOLERANCE) {
            throw new IllegalStateException("threads got other embeddings: " + largest);
        }
        return largest;
    }
}
