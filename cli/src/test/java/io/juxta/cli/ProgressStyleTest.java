package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressStyleTest {
    @Test
    void quietSaysNothingAndALogGetsLines() {
        assertThat(ProgressStyle.of(true)).isEqualTo(ProgressStyle.NONE);
        assertThat(ProgressStyle.of(false)).isEqualTo(ProgressStyle.LINES);
    }
}
