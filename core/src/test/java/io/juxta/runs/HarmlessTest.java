package io.juxta.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HarmlessTest {
    private static String of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(Harmless.of(bytes, 0, bytes.length), StandardCharsets.UTF_8);
    }

    @Test
    void textLinesTabsAndColoursStay() {
        String text = "äpfel\tund öpfel: 1 ± 2 °C\n\033[31mjuxta:\033[0m 日本\r\n\033[1;4mbold\033[m";
        assertThat(of(text)).isEqualTo(text);
        assertThat(of("")).isEmpty();
    }

    @Test
    void everythingElseThatATerminalObeysIsShown() {
        assertThat(of("a\033]0;title\007b")).isEqualTo("a?]0;title?b");
        assertThat(of("\033[2Jgone\033[1A")).isEqualTo("?[2Jgone?[1A");
        assertThat(of("over\rwritten\b\b\177")).isEqualTo("over?written???");
        assertThat(of("\u009b2J\u0085\u00a0")).isEqualTo("?2J?\u00a0");
        assertThat(of("\033[31")).isEqualTo("?[31");
        assertThat(of("\033[" + "1;".repeat(50) + "m")).startsWith("?[1;");
    }
}
