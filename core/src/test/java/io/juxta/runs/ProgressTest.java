package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void linesComeEveryTenSecondsAndAtTheEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong nanos = new AtomicLong(-5);
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
                Progress progress = new ProgressLines("epoch 1/2", "images", 1000, out::println, nanos::get)) {
            for (int step = 1; step <= 25; step++) {
                nanos.addAndGet(1_000_000_000L);
                progress.advance(40, "loss " + step);
            }
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "epoch 1/2: 400/1000 images, 0:15 left, 40.0 images/s, loss 10",
                        "epoch 1/2: 800/1000 images, 0:05 left, 40.0 images/s, loss 20",
                        "epoch 1/2: 1000/1000 images in 0:25, 40.0 images/s, loss 25");
    }
}
