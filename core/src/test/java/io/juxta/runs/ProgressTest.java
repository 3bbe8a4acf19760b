package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
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

    /** Lines of eighty characters, and an empty one when it is taken away. */
    private static final class Drawn implements StatusLine {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void status(IntFunction<String> text) {
            lines.add(text.apply(80));
        }

        @Override
        public void clear() {
            lines.add("");
        }
    }

    @Test
    void aStatusLineIsDrawnTenTimesASecondAndAtTheEnd() {
        AtomicLong nanos = new AtomicLong(5);
        Drawn drawn = new Drawn();
        try (Progress progress = new ProgressStatus("embedding", "images", 2000, drawn, nanos::get)) {
            for (int i = 0; i < 10; i++) {
                nanos.addAndGet(25_000_000);
                progress.advance(50, "");
            }
            progress.advance(1500, "");
        }
        // the start, every fourth of ten, the end
        assertThat(drawn.lines)
                .containsExactly(
                        "embedding: 0/2,000 images, 0.00 images/s, left ? [-----------------------------]",
                        "embedding: 200/2,000 images, 2000 images/s, left 0:01 [##----------------------]",
                        "embedding: 400/2,000 images, 2000 images/s, left 0:01 [#####-------------------]",
                        "embedding: 2,000/2,000 images, 8000 images/s, left 0:00 [######################]",
                        "");
    }
}
