package io.juxta.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines();

    @AfterEach
    void close() {
        deadlines.close();
    }

    private static String forever() throws IOException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
        return "never";
    }

    @Test
    void whatTakesTooLongIsInterruptedAndNothingElse() throws IOException {
        assertThatThrownBy(() -> deadlines.within(Duration.ofMillis(20), DeadlinesTest::forever))
                .isInstanceOf(Deadlines.Exceeded.class)
                .hasMessage("took longer than 0 s")
                .hasCauseInstanceOf(InterruptedIOException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(deadlines.<String>within(Duration.ofHours(1), () -> "done")).isEqualTo("done");
    }

    @Test
    void otherFailuresStayWhatTheyAre() {
        assertThatThrownBy(() -> deadlines.within(Duration.ofHours(1), () -> {
                    throw new IOException("x");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("x");
    }

    @Test
    void whoWasInterruptedByOthersStaysSo() throws IOException {
        Thread.currentThread().interrupt();
        assertThat(deadlines.<Integer>within(Duration.ofHours(1), () -> 1)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }
}
