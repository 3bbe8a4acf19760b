package io.juxta.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CsvTest {
    @Test
    void noNameIsAFormula() {
        assertThat(Csv.quoted("=cmd|' /C calc'!A0.png")).isEqualTo("'=cmd|' /C calc'!A0.png");
        assertThat(Csv.quoted("+1.png")).isEqualTo("'+1.png");
        assertThat(Csv.quoted("-1, 2.png")).isEqualTo("\"'-1, 2.png\"");
        assertThat(Csv.quoted("@a")).isEqualTo("'@a");
        assertThat(Csv.quoted("\ta")).startsWith("'\ta");
        assertThat(Csv.quoted("\ra")).isEqualTo("\"'\ra\"");
        assertThat(Csv.quoted("'=a")).isEqualTo("''=a");
        assertThat(Csv.quoted("'a'")).isEqualTo("'a'");
        assertThat(Csv.quoted("a=b-c.png")).isEqualTo("a=b-c.png");
        assertThat(Csv.quoted("a \"b\".png")).isEqualTo("\"a \"\"b\"\".png\"");
    }

    /** All texts of up to four of the characters that mean something. */
    @Test
    void everyTextIsReadBackAndNoTwoAreOne() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int from = 0, length = 0; length < 4; length++) {
            int to = texts.size();
            for (; from < to; from++) {
                for (char c : "'=-\t\r,\" a".toCharArray()) {
                    texts.add(texts.get(from) + c);
                }
            }
        }
        Set<String> written = new HashSet<>();
        for (String text : texts) {
            String field = Csv.quoted(text);
            assertThat(Csv.read(field)).isEqualTo(text);
            assertThat(written.add(field)).as("'%s'", field).isTrue();
        }
    }
}
