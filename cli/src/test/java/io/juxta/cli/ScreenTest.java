package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Progress;
import io.juxta.runs.StatusText;
import io.juxta.train.Pace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScreenTest {
    private static final Pace.Now NOW = new Pace.Now(3, 200, 120, 345, 6.2134, 812.4, 0.021, 41, 11_525);
    private static final Pace.Now LARGE =
            new Pace.Now(1000, 1000, 50_000, 50_040, 16.2134, 10_812.4, 1, 123_456, 1_000_000);
    private static final String DETAILS = "g_gan 0.412, d_real 0.211, d_fake 0.312, nce 4.123, nce_idt 3.992";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger columns = new AtomicInteger(40);
    private final Screen screen = new Screen(bytes, columns::get);
    private final PrintStream out = screen.out(bytes, StandardCharsets.UTF_8);
    private final PrintStream err = screen.err(StandardCharsets.UTF_8);

    private String shown() {
        // a terminal makes a carriage return of its own for each line feed
        String sent = bytes.toString(StandardCharsets.UTF_8).replace("\n", "\r\n");
        return String.join("\n", TinyScreen.of(sent, columns.get()));
    }

    @Test
    void linesGoAboveTheStatusWhichIsDrawnOverAndGoneInTheEnd() {
        out.println("begun");
        screen.status(columns -> "step 1 of many, a long one");
        assertThat(shown()).isEqualTo("begun\nstep 1 of many, a long one");
        screen.status(columns -> "step 2");
        assertThat(shown()).isEqualTo("begun\nstep 2");
        err.println("juxta: warning: a picture\njuxta: warning: another");
        out.printf(Locale.ROOT, "%d of %d%n", 3, 4);
        assertThat(shown()).isEqualTo("begun\njuxta: warning: a picture\njuxta: warning: another\n3 of 4\nstep 2");
        out.print("half a line");
        screen.status(columns -> "step 3");
        assertThat(shown()).endsWith("3 of 4\nhalf a line");
        out.println(", and its end");
        assertThat(shown()).endsWith("half a line, and its end\nstep 3");
        screen.clear();
        out.println("done");
        assertThat(shown()).endsWith("half a line, and its end\ndone");
    }

    @Test
    void theLastStatusStaysWhateverTheWorkSays() {
        screen.lastStatus(columns -> "stopping");
        screen.status(columns -> "step 4");
        assertThat(shown()).isEqualTo("stopping");
        screen.clear();
        assertThat(shown()).isEmpty();
    }

    @Test
    void aNarrowerTerminalGetsAShorterLine() {
        screen.status(columns -> StatusText.of(NOW, "run", DETAILS, 0.03, columns));
        assertThat(shown()).hasSizeBetween(25, 39);
        columns.set(20);
        screen.status(columns -> StatusText.of(NOW, "run", DETAILS, 0.03, columns));
        assertThat(TinyScreen.of("\r\033[J" + lastDrawn(), 20)).hasSize(1);
    }

    private String lastDrawn() {
        String all = bytes.toString(StandardCharsets.UTF_8);
        return all.substring(all.lastIndexOf('\r', all.length() - 2));
    }

    @Test
    void whatCannotBeWrittenIsRemembered() {
        PrintStream full = screen.out(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                StandardCharsets.UTF_8);
        assertThat(screen.failure()).isEmpty();
        full.println("a result");
        assertThat(screen.failure()).get().extracting(IOException::getMessage).isEqualTo("No space left on device");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | folder-moco, epoch 3/200, step 120/345, loss 6.213, acc1 12.5 %, lr 0.03000, 812 images/s, waiting 2 %, left: epoch 0:41, run 3:12:05 [##########--------------------]
            140 | folder-moco, epoch 3/200, step 120/345, loss 6.213, acc1 12.5 %, lr 0.03000, 812 images/s, waiting 2 %, left: epoch 0:41, run 3:12:05
            100 | epoch 3/200, step 120/345, loss 6.213, 812 images/s, waiting 2 %, left: epoch 0:41, run 3:12:05
            80  | epoch 3/200 step 120/345 loss 6.213 812/s wait 2 %, left 0:41, run 3:12:05
            60  | 3/200 120/345 loss 6.213 812/s 0:41/3:12:05 [#####--------]
            40  | 3/200 120/345 loss 6.213 3:12:05
            20  | 3/200 3:12:05
            10  | 3/200
            3   | 3/
            """)
    void aRunSaysAsMuchAsFits(int columns, String text) {
        assertThat(StatusText.of(NOW, "folder-moco", "acc1 12.5 %", 0.03, columns - 1))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10, 20, 39, 79, 80, 99, 100, 139, 140, 200, 500})
    void nothingIsWiderThanTheTerminal(int columns) {
        String name = "a-run-with-a-long-name";
        for (Pace.Now now : new Pace.Now[] {NOW, LARGE}) {
            assertThat(StatusText.of(now, name, DETAILS, 3e-4, columns)).hasSizeBetween(1, columns);
        }
        assertThat(StatusText.of("embedding", "images", 1234, 99_999_999, "a word", 77, columns))
                .hasSizeBetween(1, columns);
        assertThat(StatusText.of("embedding", "images", 0, 0, "", 0, columns)).hasSizeBetween(1, columns);
    }

    @Test
    void aNameThatWouldTakeMoreColumnsThanLettersIsLeftOut() {
        assertThat(StatusText.of(NOW, "写真\033[2J", "acc1 12.5 %", 0.03, 200)).startsWith("epoch 3/200");
    }

    @Test
    void aSlowRunHasARateToo() {
        Pace.Now slow = new Pace.Now(1, 2, 3, 4, 1, 0.314, 0, 5, 6);
        assertThat(StatusText.of(slow, "run", "nce 1.000", 0.03, 150)).contains(" 0.31 images/s,");
        assertThat(StatusText.of("translating", "images", 14, 20, "", 3, 79))
                .startsWith("translating: 14/20 images, 4.7 images/s, left 0:01");
    }

    @Test
    void countedWorkHasAStatusLineUntilItsEnd() {
        columns.set(70);
        try (Progress progress = Progress.status("embedding", "images", 2000, screen)) {
            assertThat(shown()).startsWith("embedding: 0/2,000 images, 0.00 images/s, left ?");
            progress.advance(2000, "");
            assertThat(shown()).startsWith("embedding: 2,000/2,000 images, ").contains("left 0:00");
        }
        assertThat(shown()).isEmpty();
    }

    @Test
    void bothStreamsAndTheStatusLineAreHarmless() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Screen screen = new Screen(bytes, () -> 80);
        screen.out(bytes, StandardCharsets.UTF_8).println("name\033]0;x\007");
        screen.err(StandardCharsets.UTF_8).println("reason\033[2J");
        screen.status(columns -> "run\033[9A");
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("name?]0;x?\n", "reason?[2J\n", "run?[9A")
                .doesNotContain("\033]", "\033[2J", "\033[9A");
    }
}
