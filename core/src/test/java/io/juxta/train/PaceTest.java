package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Map<String, Double> METRICS = Map.of("loss", 2.5);

    private final AtomicLong clock = new AtomicLong(-1000);

    /** A step of two seconds, half a second of which it waits. */
    private Pace.Now step(Pace pace, Position[] at) {
        clock.addAndGet(2_000_000_000L);
        at[0] = at[0].after(METRICS, 2, 0.5);
        return pace.step(at[0], METRICS);
    }

    @Test
    void timeLeftIsThatOfTheStepsAndOfWhatLiesBetweenEpochs() {
        Pace pace = new Pace(3, 10, 32, Position.START, clock::get);
        Position[] at = {Position.START};
        Pace.Now now = step(pace, at);
        assertThat(now).isEqualTo(new Pace.Now(1, 3, 1, 10, 2.5, 16, 0.25, 18, 58));
        for (int i = 0; i < 9; i++) {
            now = step(pace, at);
        }
        assertThat(now.epochSecondsLeft()).isZero();
        assertThat(now.runSecondsLeft()).isCloseTo(40, within(1e-9));

        clock.addAndGet(5_000_000_000L); // judging and saving
        at[0] = Position.afterEpochs(1);
        now = step(pace, at);
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(now.epochSecondsLeft()).isCloseTo(18, within(1e-9));
        assertThat(now.runSecondsLeft())
                .as("18, an epoch of 20, and 5 after each")
                .isCloseTo(48, within(1e-6));
    }

    @Test
    void aResumedEpochCountsWhatThisProcessDid() {
        Position from = new Position(1, 7, Map.of("loss", 20.0), 700, 0);
        Pace pace = new Pace(2, 10, 32, from, clock::get);
        Pace.Now now = step(pace, new Position[] {from});
        assertThat(now.step()).isEqualTo(8);
        assertThat(now.epochSecondsLeft()).as("two steps of two seconds").isCloseTo(4, within(1e-9));
        assertThat(now.runSecondsLeft()).isCloseTo(4, within(1e-9));
    }
}
