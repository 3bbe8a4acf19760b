package io.juxta.train.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.health.Diagnosis.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationDiagnosisTest {
    /** CUT with lsgan, 256 patches and an epoch of 1,000 steps. */
    private static final Diagnosis.Translation CUT = new Diagnosis.Translation(Math.log(256), 0.25, 1000);

    private static final String SOUND = "loss=4 g_gan=0.4 d_real=0.2 d_fake=0.18 nce=3.5 nce_idt=3 waiting_share=0.01"
            + " seconds=300 images_per_second=4 change=0.12 diversity=0.8";

    /** A sound epoch but for these figures; those without value were not measured. */
    private static Map<String, Double> but(String figures) {
        Map<String, Double> epoch = new LinkedHashMap<>();
        for (String figure : (SOUND + " " + figures).trim().split(" ")) {
            String[] named = figure.split("=", -1);
            if (named[1].isEmpty()) {
                epoch.remove(named[0]);
            } else {
                epoch.put(named[0], Double.valueOf(named[1]));
            }
        }
        return epoch;
    }

    private static Diagnosis after(String... last) {
        return after(CUT, last);
    }

    private static Diagnosis after(Diagnosis.Translation task, String... last) {
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(Map.of("kid", 0.2), but("")));
        Arrays.stream(last).map(TranslationDiagnosisTest::but).forEach(epochs::add);
        return Diagnosis.of(epochs, task);
    }

    @Test
    void aSoundRunIsHealthy() {
        assertThat(after(""))
                .hasToString("healthy: nce 3.50, where knowing nothing costs 5.55, the discriminator pays 0.20 for real"
                        + " images and 0.18 for translations, where an undecided one pays 0.25, the generator 0.40,"
                        + " change 0.12, diversity 0.80");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            diversity=0.05                                          | COLLAPSED   | lambda-nce
            diversity=0.45;diversity=0.3                            | COLLAPSING  | lambda-nce
            d_real=0.01 d_fake=0.02;d_real=0.01 d_fake=0.02         | OVERPOWERED | lambda-r1
            change=0.01                                             | IDLE        | lambda-gan
            nce=5.54                                                | UNRELATED   | lambda-nce
            waiting_share=0.5                                       | STARVED     | load-size
            """)
    void whatIsWrongIsNamedWithItsCure(String epochs, Verdict verdict, String key) {
        Diagnosis diagnosis = after(epochs.split(";"));
        assertThat(diagnosis.verdict()).isEqualTo(verdict);
        assertThat(diagnosis.advice()).contains(key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            diversity=0.1;diversity=0.1
            diversity=0.45;diversity=0.3;diversity=0.35
            d_real=0.01 d_fake=0.02
            d_real=0.01 d_fake=0.02 g_gan=0.9;d_real=0.01 d_fake=0.02 g_gan=0.8
            d_real=0.01 d_fake=0.1;d_real=0.01 d_fake=0.1
            change=0.02
            nce=5.4
            waiting_share=0.5 seconds=1
            nce= nce_idt=
            diversity=
            """)
    void aWaveringIsNoIllness(String epochs) {
        assertThat(after(epochs.split(";")).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void theGravestIsNamed() {
        assertThat(after("diversity=0.01 change=0.01 nce=6 waiting_share=0.9").verdict())
                .isEqualTo(Verdict.COLLAPSED);
    }

    /** An untrained generator makes everything grey. */
    @Test
    void translationsThatPartFromTheirBeginningHaveNotCollapsed() {
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(but("diversity=0.02"), but("diversity=0.06")));
        assertThat(Diagnosis.of(epochs, CUT).verdict()).isEqualTo(Verdict.HEALTHY);
        epochs.add(but("diversity=0.06"));
        assertThat(Diagnosis.of(epochs, CUT).verdict()).isEqualTo(Verdict.COLLAPSED);
    }

    @Test
    void whatATaskHasNotIsNotJudged() {
        Diagnosis.Translation wasserstein = new Diagnosis.Translation(0, Double.NaN, 1000);
        Diagnosis diagnosis = after(wasserstein, "d_real=-9 d_fake=-9 nce=9", "d_real=-9 d_fake=-9 nce=9");
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(diagnosis.finding()).doesNotContain("undecided", "knowing nothing");
    }

    @Test
    void nothingIsSaidTooEarlyOrOfWhatWasNotMeasured() {
        Diagnosis.Translation little = new Diagnosis.Translation(5.5, 0.25, 50);
        assertThat(Diagnosis.of(List.of(but("diversity=0 change=0")), little))
                .hasToString("unknown: too early to tell: 50 of 200 steps");
        assertThat(after("nce= change= diversity=").finding()).isEqualTo("the translations were not measured");
        assertThat(Diagnosis.of(List.of(), CUT).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    /** Near the line for some epochs, where one alone is a wavering. */
    @Test
    void patchesThatAreHardlyToldApartForLongAreUnrelated() {
        Diagnosis diagnosis = after("nce=5.4", "nce=5.39", "nce=5.41");
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNRELATED);
        assertThat(diagnosis.finding()).startsWith("hardly a patch of a translation is told from another");
        List<Map<String, Double>> falling = List.of(but("nce=5.48"), but("nce=5.45"), but("nce=5.4"), but("nce=5.3"));
        assertThat(Diagnosis.of(falling, CUT).verdict()).as("it falls").isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void translationsFurtherFromTheTargetThanTheirSourcesAreNoHealth() {
        List<Map<String, Double>> epochs = new ArrayList<>(List.of(Map.of("kid", 0.0066, "kid_std", 0.003)));
        for (int i = 0; i < 10; i++) {
            epochs.add(but("kid=" + (0.0591 + i / 1000.0)));
        }
        Diagnosis diagnosis = Diagnosis.of(epochs, CUT);
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(diagnosis.finding())
                .contains("by KID translations are no nearer", "at best 0.0591, untranslated sources 0.0066");
        assertThat(Diagnosis.of(epochs.subList(0, 10), CUT).verdict()).isEqualTo(Verdict.HEALTHY);
        epochs.add(but("kid=0.009"));
        assertThat(Diagnosis.of(epochs, CUT).verdict()).isEqualTo(Verdict.HEALTHY);
    }
}
