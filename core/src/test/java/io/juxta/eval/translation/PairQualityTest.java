package io.juxta.eval.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.image.Image;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairQualityTest {
    private static int drawn(long tag, int i) {
        return (int) ((Filler.val(tag, i) + 1) * 127.5);
    }

    static Image noise(long tag, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) drawn(tag, i);
        }
        return new Image(width, height, rgb);
    }

    /** The image of a tag with a quarter of another. */
    private static Image mixed(long tag, long other, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) ((3 * drawn(tag, i) + drawn(other, i)) / 4);
        }
        return new Image(width, height, rgb);
    }

    private static Image grey(int value, int side) {
        byte[] rgb = new byte[3 * side * side];
        Arrays.fill(rgb, (byte) value);
        return new Image(side, side, rgb);
    }

    /** The expected numbers are NumPy's and SciPy's. */
    @Test
    void givesWhatTheFormulasGive() {
        PairQuality quality = PairQuality.of(noise(505, 20, 14), mixed(505, 506, 20, 14));
        assertThat(quality.l1()).isCloseTo(0.0857329598506069, within(1e-14));
        assertThat(quality.psnr()).isCloseTo(19.666740240266954, within(1e-11));
        assertThat(quality.ssim()).isCloseTo(0.9210572941194738, within(1e-11));
    }

    /** Window by window, by the definitions of mean, variance and covariance. */
    private static double slowSsim(Image a, Image b) {
        double sum = 0;
        int windows = 0;
        for (int channel = 0; channel < 3; channel++) {
            for (int top = 0; top + 11 <= a.height(); top++) {
                for (int left = 0; left + 11 <= a.width(); left++) {
                    sum += slowWindow(a, b, left, top, channel);
                    windows++;
                }
            }
        }
        return sum / windows;
    }

    private static double slowWindow(Image a, Image b, int left, int top, int channel) {
        double[] weight = new double[121];
        double[] x = new double[121];
        double[] y = new double[121];
        double total = 0;
        for (int i = 0; i < 121; i++) {
            int row = i / 11;
            int column = i % 11;
            weight[i] = Math.exp(-((row - 5) * (row - 5) + (column - 5) * (column - 5)) / 4.5);
            total += weight[i];
            x[i] = a.rgb()[3 * ((top + row) * a.width() + left + column) + channel] & 255;
            y[i] = b.rgb()[3 * ((top + row) * b.width() + left + column) + channel] & 255;
        }
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < 121; i++) {
            meanX += weight[i] / total * x[i];
            meanY += weight[i] / total * y[i];
        }
        double varianceX = 0;
        double varianceY = 0;
        double covariance = 0;
        for (int i = 0; i < 121; i++) {
            varianceX += weight[i] / total * (x[i] - meanX) * (x[i] - meanX);
            varianceY += weight[i] / total * (y[i] - meanY) * (y[i] - meanY);
            covariance += weight[i] / total * (x[i] - meanX) * (y[i] - meanY);
        }
        double c1 = 6.5025;
        double c2 = 58.5225;
        return (2 * meanX * meanY + c1)
                * (2 * covariance + c2)
                / ((meanX * meanX + meanY * meanY + c1) * (varianceX + varianceY + c2));
    }

    @ParameterizedTest
    @CsvSource({"11, 11", "17, 12", "12, 23"})
    void similarityIsThatOfTheSlowLoop(int width, int height) {
        Image a = noise(531, width, height);
        Image b = mixed(531, 532, width, height);
        assertThat(PairQuality.of(a, b).ssim()).isCloseTo(slowSsim(a, b), within(1e-11));
        assertThat(PairQuality.of(a, noise(533, width, height)).ssim())
                .isCloseTo(slowSsim(a, noise(533, width, height)), within(1e-11));
    }

    @Test
    void theSamePictureIsAsNearAsCanBe() {
        Image image = noise(534, 16, 16);
        PairQuality same = PairQuality.of(image, image);
        assertThat(same.l1()).isZero();
        assertThat(same.psnr()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(same.ssim()).isCloseTo(1, within(1e-12));
    }

    @Test
    void ofEvenGreysTheFiguresAreKnown() {
        PairQuality quality = PairQuality.of(grey(100, 12), grey(151, 12));
        assertThat(quality.l1()).isEqualTo(0.2);
        assertThat(quality.psnr()).isCloseTo(20 * Math.log10(5), within(1e-12));
        double means = (2.0 * 100 * 151 + 6.5025) / (100.0 * 100 + 151.0 * 151 + 6.5025);
        assertThat(quality.ssim()).isCloseTo(means, within(1e-10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            12 | 12 | 12 | 13 | 12 x 12 pixels cannot be compared with 12 x 13: bring both to one size
            10 | 20 | 10 | 20 | 10 x 20 pixels are fewer than the 11 x 11 that SSIM looks at: take larger pictures
            """)
    void refusesInOneLine(int width, int height, int otherWidth, int otherHeight, String message) {
        assertThatThrownBy(() -> PairQuality.of(noise(535, width, height), noise(535, otherWidth, otherHeight)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
