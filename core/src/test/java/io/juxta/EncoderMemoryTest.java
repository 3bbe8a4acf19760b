package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight threads that embed 12,000 images keep nothing of them, and each gets what one thread alone gets.
 *
 * <p>Measured in a Java of its own whose heap is of one size and touched beforehand, so that all that grows is native.
 */
@Tag("slow")
class EncoderMemoryTest {
    private static final int IMAGES = 12_000;
    private static final int THREADS = 8;

    /** What the prepared images take, in MiB. */
    private static final double WHOLE = IMAGES * 3 * 16 * 16 * 4 / 1048576.0;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void embeddingKeepsNothing(@TempDir Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "@" + Path.of("").toAbsolutePath().resolveSibling("jvm.options"),
                "-cp",
                System.getProperty("java.class.path"),
                Many.class.getName(),
                TinyEncoderFile.write(folder.resolve("encoder.safetensors")).toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "33554432");
        builder.environment().put("MALLOC_TRIM_THRESHOLD_", "8589934592");
        int status = builder.start().waitFor();
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(status).as(output).isEqualTo(0);
        double grown = output.lines()
                .filter(line -> line.startsWith("grown: "))
                .mapToDouble(line -> Double.parseDouble(line.substring("grown: ".length())))
                .findFirst()
                .orElse(Double.NaN);
        assertThat(grown).as(output).isLessThan(WHOLE / 2);
    }

    /** The program that is measured; prints MiB. */
    static final class Many {
        private Many() {}

        public static void main(String[] arguments) throws Exception {
            Torch.threads(1); // operations so small are slower by several
            List<byte[]> files = new ArrayList<>();
            Random random = new Random(1);
            for (int i = 0; i < 50; i++) {
                byte[] rgb = new byte[3 * 20 * 20];
                random.nextBytes(rgb);
                files.add(Png.encode(new Image(20, 20, rgb)));
            }
            try (Encoder encoder = Encoder.load(Path.of(arguments[0]))) {
                float[][] alone = encoder.embed(files);
                run(encoder, files, alone, IMAGES / 4);
                double settled = Pointer.physicalBytes() / 1048576.0;
                run(encoder, files, alone, IMAGES);
                System.out.println("grown: " + (Pointer.physicalBytes() / 1048576.0 - settled));
            }
        }

        private static void run(Encoder encoder, List<byte[]> files, float[][] alone, int images) throws Exception {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                Thread thread = new Thread(() -> {
                    try {
                        for (int i = first; i < images; i += THREADS) {
                            int image = i % files.size();
                            check(encoder.embed(files.get(image)), alone[image]);
                        }
                    } catch (IOException | RuntimeException e) {
                        failures.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.get(0));
            }
        }

        private static void check(float[] found, float[] expected) {
            for (int i = 0; i < expected.length; i++) {
                if (!(Math.abs(found[i] - expected[i]) < 1e-5)) {
                    throw new IllegalStateException("value " + i + " is " + found[i] + ", not " + expected[i]);
                }
            }
        }
    }
}
