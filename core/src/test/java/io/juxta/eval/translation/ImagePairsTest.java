package io.juxta.eval.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImagePairsTest {
    /** Images of noise that have names; one whose name begins with "bad" cannot be read. */
    private record Named(long tag, int side, List<String> names) implements Dataset {
        Named(long tag, int side, String... names) {
            this(tag, side, List.of(names));
        }

        @Override
        public int size() {
            return names.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (name(index).startsWith("bad")) {
                throw new UnreadableImageException(name(index) + ": damaged");
            }
            return PairQualityTest.noise(tag, side, side);
        }

        @Override
        public int label(int index) {
            return -1;
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public String name(int index) {
            return names.get(index);
        }
    }

    /** A Mac writes ä as two characters, Windows takes large and small letters for the same; two that read alike stay apart. */
    @Test
    void namesThatReadAlikeAreTheSame() throws IOException {
        Named generated = new Named(541, 12, "ba\u0308r.png", "DSC1.PNG", "Two.png", "one/A.png", "one/a.png");
        Named target = new Named(542, 12, "one/a.jpg", "b\u00e4r.jpg", "dsc1.jpg", "two.jpg", "TWO.jpg");
        ImagePairs pairs = ImagePairs.of(generated, target);
        assertThat(pairs.pairs())
                .containsExactly(
                        new ImagePairs.Pair("DSC1.PNG", 1, 2),
                        new ImagePairs.Pair("ba\u0308r.png", 0, 1),
                        new ImagePairs.Pair("one/a.png", 4, 0));
        assertThat(pairs.onlyGenerated()).containsExactly("Two.png", "one/A.png");
        assertThat(pairs.onlyTarget()).containsExactly("TWO.jpg", "two.jpg");
    }

    @Test
    void picturesArePairedByNameWhateverTheEnding() throws IOException {
        Named generated = new Named(541, 12, "b/2.png", "a.png", "c.d/x", "more.png");
        Named target = new Named(542, 12, "a.jpg", "c.d/x.webp", "b/2.jpeg", "2.jpg", "z.png");
        ImagePairs pairs = ImagePairs.of(generated, target);
        assertThat(pairs.pairs())
                .containsExactly(
                        new ImagePairs.Pair("a.png", 1, 0),
                        new ImagePairs.Pair("b/2.png", 0, 2),
                        new ImagePairs.Pair("c.d/x", 2, 1));
        assertThat(pairs.onlyGenerated()).containsExactly("more.png");
        assertThat(pairs.onlyTarget()).containsExactly("2.jpg", "z.png");
    }

    @Test
    void everyPairIsMeasuredAndUnreadableOnesAreCounted() throws IOException {
        Named generated = new Named(541, 12, "1.png", "2.png", "bad.png");
        Named target = new Named(542, 12, "1.png", "2.png", "bad.png");
        PairQualities measured = ImagePairs.of(generated, target).measure(generated, target);
        PairQuality each = PairQuality.of(generated.image(0), target.image(0));
        assertThat(measured.rows())
                .containsExactly(new PairQualities.Row("1.png", each), new PairQualities.Row("2.png", each));
        assertThat(measured.unreadable()).containsExactly("bad.png: damaged");
        assertThat(measured.l1()).isCloseTo(each.l1(), within(1e-15));
        assertThat(measured.psnr()).isCloseTo(each.psnr(), within(1e-12));
        assertThat(measured.ssim()).isCloseTo(each.ssim(), within(1e-12));
        assertThat(measured.toString())
                .matches("L1 0\\.\\d{4}, PSNR \\d\\.\\d\\d dB, SSIM -?0\\.\\d{4}, the mean of 2 pairs \\(1 unreadable,"
                        + " left out\\)");
    }

    @Test
    void theSamePictureTwiceIsNotInTheMeanOfPsnr() {
        PairQualities.Row same = new PairQualities.Row("1", new PairQuality(0, Double.POSITIVE_INFINITY, 1));
        PairQualities.Row other = new PairQualities.Row("2", new PairQuality(0.5, 20, 0.5));
        assertThat(new PairQualities(List.of(same, other), List.of()))
                .hasToString("L1 0.2500, PSNR 20.00 dB, SSIM 0.7500, the mean of 2 pairs (1 the same picture, not in"
                        + " PSNR)");
        assertThat(new PairQualities(List.of(same), List.of()))
                .hasToString("L1 0.0000, PSNR infinite, SSIM 1.0000, the mean of 1 pairs (1 the same picture, not in"
                        + " PSNR)");
    }

    @Test
    void refusesInOneLine() throws IOException {
        Named target = new Named(542, 12, "a.jpg", "bad.jpg");
        assertThatThrownBy(() -> ImagePairs.of(new Named(541, 12, "b.png"), target))
                .isInstanceOf(IOException.class)
                .hasMessage("none of the 1 generated images has the name of one of the 2 of the target (the first are"
                        + " b.png and a.jpg): name them alike, whatever the ending");
        assertThatThrownBy(() -> ImagePairs.of(new Named(541, 12, "a.jpg", "a.png"), target))
                .isInstanceOf(IOException.class)
                .hasMessage("the generated images a.jpg and a.png have the same name but for the ending: take one of"
                        + " them out");
        Named larger = new Named(541, 13, "a.png");
        ImagePairs pairs = ImagePairs.of(larger, target);
        assertThatThrownBy(() -> pairs.measure(larger, target))
                .isInstanceOf(IOException.class)
                .hasMessage("the pair a.png: 13 x 13 pixels cannot be compared with 12 x 12: bring both to one size");
        Named bad = new Named(541, 12, "bad.png");
        ImagePairs none = ImagePairs.of(bad, target);
        assertThatThrownBy(() -> none.measure(bad, target))
                .isInstanceOf(IOException.class)
                .hasMessage("none of the 1 pairs can be read: bad.png: damaged");
    }

    @Test
    void anInterruptedThreadEndsBetweenTwoPairs() throws IOException {
        Named set = new Named(541, 12, "a.png");
        ImagePairs pairs = ImagePairs.of(set, set);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pairs.measure(set, set)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isFalse();
    }
}
