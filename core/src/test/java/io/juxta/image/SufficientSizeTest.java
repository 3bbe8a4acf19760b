package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large pictures are shrunk to what their views need, and no further. */
class SufficientSizeTest {
    private static final Normalization N = Normalization.IMAGENET;

    /** Smooth, as photos are in the large, with a texture that a wrong pixel would show in. */
    private static Image smooth(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            rgb[i] = (byte) (128 + 60 * Math.sin(x / 31.0 + i % 3) + 50 * Math.cos((x + 2 * y) / 17.0));
        }
        return new Image(width, height, rgb);
    }

    private static double difference(Image a, Image b) {
        assertThat(a.width() + " x " + a.height()).isEqualTo(b.width() + " x " + b.height());
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255));
        }
        return sum / a.rgb().length;
    }

    /** No crop of a shrunk picture is smaller than its view. */
    @ParameterizedTest
    @CsvSource({"4000, 3000", "3000, 4000", "4096, 1024", "900, 2400"})
    void theLeastCropHasAsManyPixelsAsTheView(int width, int height) {
        SufficientSize enough = SufficientSize.of(List.of(
                Augmentation.mocoV2(64, N), Augmentation.swav(48, 0.05, 0.14, N), Augmentation.evaluation(73, 64, N)));
        assertThat(enough.shrinks(width, height)).isTrue();
        int w = enough.shrunk(width, width, height);
        int h = enough.shrunk(height, width, height);
        assertThat((double) w / h).isCloseTo((double) width / height, within(0.03 * width / height));
        assertThat(Math.min(w, h)).isGreaterThanOrEqualTo(73);
        int least = Integer.MAX_VALUE;
        for (int draw = 0; draw < 20_000; draw++) {
            Box first =
                    new PixelStep.RandomResizedCrop(64, 0.2, 1, Filter.BILINEAR).draw(w, h, Draws.of(1, 0, draw, 0));
            Box second = new PixelStep.RandomResizedCrop(48, 0.05, 0.14, Filter.BILINEAR)
                    .draw(w, h, Draws.of(1, 0, draw, 1));
            least = Math.min(least, Math.min(first.width(), first.height()) - 64);
            least = Math.min(least, Math.min(second.width(), second.height()) - 48);
        }
        // and the least of them has hardly more, where the picture's shape lets it be that narrow
        assertThat(least).isBetween(0, Math.max(width, height) > 2 * Math.min(width, height) ? 40 : 4);
    }

    @Test
    void whatWouldKeepMostOfItsPixelsStaysAsItIs() throws UnreadableImageException {
        SufficientSize enough = new SufficientSize(100 * 100, 0);
        assertThat(enough.shrinks(140, 140)).isFalse();
        assertThat(enough.shrinks(142, 142)).isTrue();
        assertThat(SufficientSize.WHOLE.shrinks(100_000, 100_000)).isFalse();
        assertThat(new SufficientSize(0, 50).shrinks(1000, 60)).isFalse();
        byte[] small = Png.encode(Noise.image(140, 140, 1));
        assertThat(Decoder.decode(small, "small.png", Orientation.IGNORE, enough)
                        .rgb())
                .isEqualTo(Decoder.decode(small, "small.png").rgb());
        // what looks at single pixels before it cuts would see others
        Augmentation grey = Augmentation.of(
                "grey first", 8, N, new PixelStep.RandomGrayscale(1), new PixelStep.Resize(8, Filter.BILINEAR));
        assertThat(grey.sufficient()).isEqualTo(SufficientSize.WHOLE);
        assertThat(Augmentation.plain(32, N).sufficient()).isEqualTo(new SufficientSize(0, 32));
    }

    /** All that is no JPEG is decoded in full, and resized as Pillow does it. */
    @Test
    void otherFormatsAreResizedExactly() throws UnreadableImageException {
        Image image = Noise.image(300, 201, 2);
        Image shrunk = Decoder.decode(Png.encode(image), "a.png", Orientation.IGNORE, new SufficientSize(60 * 40, 0));
        assertThat(shrunk.width()).isEqualTo(60);
        assertThat(shrunk.rgb())
                .isEqualTo(new Resizer()
                        .bilinear(image, shrunk.width(), shrunk.height(), false)
                        .rgb());
    }

    /** A JPEG is read at a quarter here, and what comes of it is nearly what comes of all its pixels. */
    @ParameterizedTest
    @CsvSource({"803, 600, 7000, 4", "1201, 905, 4000, 8", "400, 310, 7000, 2", "300, 201, 16000, 1"})
    void jpegsAreScaledByTheirDecoderFirst(int width, int height, double pixels, int divisor)
            throws UnreadableImageException {
        byte[] file = Jpeg.encode(smooth(width, height), 92);
        SufficientSize enough = new SufficientSize(pixels, 0);
        int w = enough.shrunk(width, width, height);
        int h = enough.shrunk(height, width, height);
        assertThat(Math.min(SufficientSize.divisor(width, w), SufficientSize.divisor(height, h)))
                .isEqualTo(divisor);
        assertThat(ReducedJpeg.reduced(width, divisor)).isGreaterThanOrEqualTo(2L * w * (divisor == 1 ? 0 : 1));
        Image exact = new Resizer().bilinear(Decoder.decode(file, "whole.jpg"), w, h, false);
        Image scaled = Decoder.decode(file, "scaled.jpg", Orientation.IGNORE, enough);
        // an eighth is seen through a filter that is a little wider than the exact one
        assertThat(difference(scaled, exact)).isLessThan(divisor == 1 ? 1e-9 : divisor == 8 ? 1.2 : 0.5);
        if (divisor > 1) {
            assertThat(scaled.rgb()).as("read at a part").isNotEqualTo(exact.rgb());
        }
    }

    /**
     * What an evaluation sees of photos that were read at a part of their size: nearly what it sees of whole ones, so that each still
     * finds itself among very like pictures. Neighbours do not change by it.
     */
    @Test
    void anEvaluationSeesNearlyTheSame() throws UnreadableImageException {
        Augmentation view = Augmentation.evaluation(73, 64, N);
        SufficientSize enough = SufficientSize.of(List.of(Augmentation.mocoV2(64, N), view));
        Image whole = smooth(1203, 905);
        List<float[]> seen = new ArrayList<>();
        List<float[]> scaled = new ArrayList<>();
        for (int shift = 0; shift < 8; shift++) {
            int width = 1203 - 48 * shift;
            byte[] file = Jpeg.encode(part(whole, 48 * shift, width), 92);
            assertThat(enough.shrinks(width, 905)).isTrue();
            seen.add(view(view, Decoder.decode(file, "whole.jpg")));
            scaled.add(view(view, Decoder.decode(file, "scaled.jpg", Orientation.IGNORE, enough)));
        }
        for (int i = 0; i < scaled.size(); i++) {
            double own = distance(scaled.get(i), seen.get(i));
            double nearestOther = Double.POSITIVE_INFINITY;
            for (int j = 0; j < seen.size(); j++) {
                nearestOther = j == i ? nearestOther : Math.min(nearestOther, distance(scaled.get(i), seen.get(j)));
            }
            assertThat(own).isBetween(1e-4, 0.7 * nearestOther);
        }
    }

    /** The columns behind the first few. */
    private static Image part(Image image, int first, int width) {
        byte[] rgb = new byte[3 * width * image.height()];
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.rgb(), 3 * (y * image.width() + first), rgb, 3 * y * width, 3 * width);
        }
        return new Image(width, image.height(), rgb);
    }

    private static float[] view(Augmentation view, Image image) {
        float[] values = new float[view.length()];
        view.apply(image, Draws.of(0, 0, 0, 0), new Canvas(), FloatBuffer.wrap(values));
        return values;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum / a.length);
    }

    /** What is more than the file's pixels lies where the turn has taken it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTurnedPartIsThePartOfWhatIsTurned(int orientation) {
        Image stored = smooth(101, 76); // of 803 x 601 at an eighth
        Image straight = new Resizer().bilinear(stored, Frame.ofReduced(803, 601, 8, 1), 40, 30);
        boolean turned = orientation >= 5;
        Image afterwards = new Resizer()
                .bilinear(
                        Exif.upright(stored, orientation),
                        Frame.ofReduced(803, 601, 8, orientation),
                        turned ? 30 : 40,
                        turned ? 40 : 30);
        assertThat(difference(afterwards, Exif.upright(straight, orientation))).isLessThan(0.05);
        assertThat(new Resizer().bilinear(stored, Frame.whole(stored), 40, 30).rgb())
                .isEqualTo(new Resizer().bilinear(stored, 40, 30, false).rgb());
    }

    @Test
    void aScaledJpegIsTurnedTooAndNeedsLessMemory() throws Exception {
        JpegFile file = JpegFile.read(Jpeg.encode(smooth(640, 480), 92));
        PictureFile half = file.reduced(2);
        assertThat(half.width() + " x " + half.height()).isEqualTo("320 x 240");
        assertThat(half.need().heap()).isLessThan(file.need().heap() / 2);
        assertThat(half.decode().width()).isEqualTo(320);
        assertThat(file.reduced(1)).isSameAs(file);
        byte[] damaged = Jpeg.encode(smooth(640, 480), 92);
        byte[] cut = java.util.Arrays.copyOf(damaged, damaged.length / 2);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Decoder.decode(cut, "cut.jpg", Orientation.CAMERA, new SufficientSize(1000, 0)))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage("cut.jpg: truncated JPEG: its end marker is missing");
    }

    /** The same shrunk picture, whether it is prepared once or every time, up to the filter that runs twice. */
    @Test
    void prepareScalesByTheDecoderWhereTwiceTheLengthIsLeft() throws UnreadableImageException {
        byte[] large = Jpeg.encode(smooth(1203, 900), 95);
        Shrinking.Shrunk made = new Shrinking(100, 100).shrink(large, "large.jpg");
        Image image = Decoder.decode(made.file(), "made.jpg");
        assertThat(image.width() + " x " + image.height()).isEqualTo("134 x 100");
        Image exact = new Resizer().bilinear(Decoder.decode(large, "large.jpg"), 134, 100, false);
        assertThat(difference(image, exact)).isLessThan(1.5);
        // below four times nothing is scaled
        byte[] less = Jpeg.encode(smooth(396, 515), 95);
        Image wholly = new Resizer().bilinear(Decoder.decode(less, "less.jpg"), 100, 130, false);
        Image shrunk =
                Decoder.decode(new Shrinking(100, 100).shrink(less, "less.jpg").file(), "shrunk.jpg");
        Image again = Decoder.decode(Jpeg.encode(wholly, 100), "again.jpg");
        assertThat(shrunk.rgb()).isEqualTo(again.rgb());
    }
}
