package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessTest {
    /** CUT-10 of the goldens. */
    @ParameterizedTest
    @CsvSource({"6, 8", "10, 8", "14, 16", "18, 16", "22, 24", "258, 256", "262, 264", "4, 4", "2, 4", "1, 4"})
    void sidesAreRoundedAsTheOriginalRounds(int side, int rounded) {
        assertThat(new SizeStep.RoundSides(4, Filter.BICUBIC).rounded(side)).isEqualTo(rounded);
        Image view = view(Preprocess.of("none").withFlip(0), Noise.image(side, 21, 1), 0);
        assertThat(view.width()).isEqualTo(rounded);
        assertThat(view.height()).isEqualTo(20);
    }

    private static Image view(Preprocess preprocess, Image image, int sample) {
        return preprocess.augmentation().view(image, Draws.of(1, 2, sample, 0), new Canvas());
    }

    @ParameterizedTest
    @CsvSource({
        // mode, width, height of the image, of the view
        "resize_and_crop, 500, 300, 24, 24",
        "resize_and_crop, 7, 9, 24, 24",
        "resize, 500, 300, 32, 32",
        "fixsize, 500, 300, 32, 32",
        "crop, 30, 24, 24, 24",
        "scale_width, 64, 100, 32, 48",
        // 32 * 101 / 64 = 50.5 is cut to 50, which is rounded to 48 (12.5 to even)
        "scale_width, 64, 101, 32, 48",
        // 32 * 20 / 64 = 10 is below the crop
        "scale_width, 64, 20, 32, 24",
        "scale_width_and_crop, 64, 20, 24, 24",
        // as it should be already
        "scale_width, 32, 30, 32, 32",
        // only enlarged: 40 * 32 / 20 = 64
        "scale_shortside, 40, 20, 64, 32",
        "scale_shortside, 20, 41, 32, 64",
        "scale_shortside, 80, 60, 80, 60",
        "scale_shortside_and_crop, 20, 40, 24, 24",
        "none, 50, 41, 48, 40",
        "trim, 50, 20, 24, 20",
        "resize_and_trim, 50, 20, 24, 24",
        "patch, 50, 70, 24, 24",
        "zoom_and_patch, 50, 20, 24, 24",
        "patch_and_zoom, 50, 20, 24, 24",
    })
    void everyModeLeavesItsSize(String mode, int width, int height, int newWidth, int newHeight) {
        Preprocess preprocess = new Preprocess(mode, 32, 24, 3, 0.5, 0.8, Filter.BICUBIC);
        Augmentation augmentation = preprocess.augmentation();
        for (int sample = 0; sample < 5; sample++) {
            Image view = view(preprocess, Noise.image(width, height, 2), sample);
            assertThat(view.width()).isEqualTo(newWidth);
            assertThat(view.height()).isEqualTo(newHeight);
            augmentation
                    .shape()
                    .ifPresent(shape -> assertThat(shape).isEqualTo(new ViewShape(3, view.height(), view.width())));
        }
        boolean same = mode.contains("crop") || mode.contains("patch") || mode.matches("(re|fix)size.*");
        assertThat(augmentation.shape().isPresent()).isEqualTo(same);
        assertThat(augmentation.name()).isEqualTo(mode);
    }

    /** Done step by step on whole images, as the original does it. */
    private static final class Slow {
        private Image image;

        Slow(Image image) {
            this.image = image;
        }

        Slow resize(int width, int height, Filter filter) {
            if (width != image.width() || height != image.height()) {
                Canvas canvas = new Canvas();
                canvas.load(image);
                Box whole = Box.whole(image.width(), image.height());
                canvas.cropAndResize(whole, width, height, Box.whole(width, height), filter);
                image = canvas.toImage();
            }
            return this;
        }

        Slow crop(int left, int top, int width, int height) {
            byte[] rgb = new byte[3 * width * height];
            for (int i = 0; i < rgb.length; i++) {
                int x = left + i / 3 % width;
                int y = top + i / 3 / width;
                rgb[i] = image.rgb()[3 * (y * image.width() + x) + i % 3];
            }
            image = new Image(width, height, rgb);
            return this;
        }

        Slow flip(boolean flipped) {
            byte[] rgb = image.rgb().clone();
            for (int i = 0; flipped && i < rgb.length; i++) {
                int x = image.width() - 1 - i / 3 % image.width();
                int y = i / 3 / image.width();
                rgb[i] = image.rgb()[3 * (y * image.width() + x) + i % 3];
            }
            image = new Image(image.width(), image.height(), rgb);
            return this;
        }
    }

    @Test
    void resizeAndCropIsThatOneAfterTheOther() {
        Preprocess preprocess = new Preprocess("resize_and_crop", 40, 29, 3, 0.5, 0.8, Filter.BICUBIC);
        for (int sample = 0; sample < 40; sample++) {
            Image image = Noise.image(30 + sample, 70 - sample, sample);
            Draws draws = Draws.of(1, 2, sample, 0);
            int top = draws.below(12);
            int left = draws.below(12);
            Slow slow = new Slow(image)
                    .resize(40, 40, Filter.BICUBIC)
                    .crop(left, top, 29, 29)
                    .resize(28, 28, Filter.BICUBIC)
                    .flip(draws.uniform() < 0.5);
            assertThat(view(preprocess, image, sample).rgb()).containsExactly(slow.image.rgb());
        }
    }

    @Test
    void aSingleImagesViewIsACellOfTheZoomedImage() {
        Preprocess preprocess = Preprocess.singleImage(8, 3);
        boolean[] seen = new boolean[1000];
        Image image = Noise.image(51, 37, 3);
        for (int sample = 0; sample < 300; sample++) {
            Draws draws = Draws.of(1, 2, sample, 0);
            int width = (int) Math.rint(51 * draws.uniform(1 / 3.0, 1));
            int height = (int) Math.rint(37 * draws.uniform(1 / 3.0, 1));
            int across = width / 8;
            int down = height / 8;
            int left = draws.below(width - 8 * across + 1);
            int top = draws.below(height - 8 * down + 1);
            int cell = draws.below(across * down);
            List<int[]> grid = new ArrayList<>();
            for (int x = 0; x < across; x++) {
                for (int y = 0; y < down; y++) {
                    grid.add(new int[] {left + 8 * x, top + 8 * y});
                }
            }
            Slow slow = new Slow(image)
                    .resize(width, height, Filter.BILINEAR)
                    .crop(grid.get(cell)[0], grid.get(cell)[1], 8, 8)
                    .flip(draws.uniform() < 0.5);
            seen[cell] = true;
            assertThat(view(preprocess, image, sample).rgb()).containsExactly(slow.image.rgb());
        }
        assertThat(seen[0] && seen[10]).isTrue();
    }

    @Test
    void cellsAreCountedDownTheColumns() {
        SizeStep.Patch patch = new SizeStep.Patch(10);
        assertThat(patch.cell(3, 0, 4, 5)).isEqualTo(new Box(4, 5, 10, 10));
        assertThat(patch.cell(3, 2, 4, 5)).isEqualTo(new Box(4, 25, 10, 10));
        assertThat(patch.cell(3, 4, 4, 5)).isEqualTo(new Box(14, 15, 10, 10));
    }

    @Test
    void zoomAndTrimKeepToTheirLimits() {
        SizeStep zoom = new SizeStep.Zoom(0.25, 30, Filter.BILINEAR);
        SizeStep trim = new SizeStep.Trim(50);
        Image image = Noise.image(100, 40, 4);
        int least = 100;
        int largest = 0;
        for (int i = 0; i < 200; i++) {
            Canvas canvas = new Canvas();
            canvas.load(image);
            zoom.apply(canvas, Draws.of(1, 1, i, 0));
            assertThat(canvas.height()).isBetween(30, 40);
            least = Math.min(least, canvas.width());
            largest = Math.max(largest, canvas.width());
            Draws draws = Draws.of(1, 1, i, 1);
            int left = Draws.of(1, 1, i, 1).below(50);
            canvas.load(image);
            trim.apply(canvas, draws);
            assertThat(canvas.toImage().rgb())
                    .containsExactly(new Slow(image).crop(left, 0, 50, 40).image.rgb());
        }
        assertThat(least).isBetween(30, 33);
        assertThat(largest).isBetween(97, 100);
    }

    /** A resize that is put off must see what came before it, and be seen by what comes after. */
    @Test
    void stepsInAnyOrderAreThoseOfWholeImages() {
        PixelStep flip = new PixelStep.RandomHorizontalFlip(1);
        PixelStep resize = new SizeStep.Resize(33, 27, Filter.BICUBIC);
        PixelStep crop = new SizeStep.RandomCrop(20);
        PixelStep again = new SizeStep.Resize(24, 24, Filter.BILINEAR);
        Image image = Noise.image(41, 39, 5);
        List<List<PixelStep>> orders = List.of(
                List.of(flip, resize, crop, again),
                List.of(resize, flip, crop, again),
                List.of(resize, crop, flip, again),
                List.of(crop, flip, resize, again),
                List.of(crop, resize, again, flip),
                List.of(resize, again, flip));
        for (List<PixelStep> order : orders) {
            Augmentation augmentation = Augmentation.of("order", new ViewShape(3, 24, 24), Normalization.HALF, order);
            Draws draws = Draws.of(0, 0, 0, 0);
            Slow slow = new Slow(image);
            for (PixelStep step : order) {
                if (step == flip) {
                    draws.uniform();
                    slow.flip(true);
                } else if (step == resize) {
                    slow.resize(33, 27, Filter.BICUBIC);
                } else if (step == again) {
                    slow.resize(24, 24, Filter.BILINEAR);
                } else {
                    int top = draws.below(slow.image.height() - 19);
                    slow.crop(draws.below(slow.image.width() - 19), top, 20, 20);
                }
            }
            Image view = augmentation.view(image, Draws.of(0, 0, 0, 0), new Canvas());
            assertThat(view.rgb()).containsExactly(slow.image.rgb());
        }
    }

    @Test
    void greyIsOneChannelFromMinusOneToOne() {
        Preprocess preprocess = Preprocess.of("none").withChannels(1);
        Augmentation grey = preprocess.augmentation();
        Image image = Noise.image(12, 8, 6);
        for (int sample = 0; sample < 8; sample++) {
            FloatBuffer out = FloatBuffer.allocate(12 * 8);
            Canvas canvas = new Canvas();
            assertThat(grey.make(image, Draws.of(1, 2, sample, 0), canvas)).isEqualTo(new ViewShape(1, 8, 12));
            grey.write(canvas, out);
            assertThat(out.hasRemaining()).isFalse();
            byte[] shown = view(preprocess, image, sample).rgb();
            for (int i = 0; i < 12 * 8; i++) {
                assertThat(shown[3 * i]).isEqualTo(shown[3 * i + 1]).isEqualTo(shown[3 * i + 2]);
                assertThat(out.get(i)).isEqualTo(((shown[3 * i] & 255) / 255f - 0.5f) / 0.5f);
            }
        }
        assertThat(preprocess.withCropSize(8).augmentation().shape()).isEmpty();
    }

    @Test
    void anImageBelowTheCropIsOneLine() {
        assertThatThrownBy(() -> view(Preprocess.of("crop"), Noise.image(300, 200, 1), 0))
                .isInstanceOf(UnfitImageException.class)
                .hasMessage("the image is 300 x 200 pixels where a crop of 256 is taken; choose crop-size at most 200,"
                        + " or a preprocess that enlarges first, such as scale_shortside_and_crop");
        assertThatThrownBy(() -> view(Preprocess.of("patch"), Noise.image(200, 300, 1), 0))
                .hasMessageContaining("200 x 300");
        assertThatThrownBy(
                        () -> view(Preprocess.of("scale_shortside").withLoadSize(8192), Noise.image(2, 20_000, 1), 0))
                .isInstanceOf(UnfitImageException.class)
                .hasMessageContaining("resized it would have 8192 x 81920000 pixels");
    }

    @Test
    void whatIsNoModeIsOneLine() {
        String[][] cases = {
            {
                "resise_and_crop",
                "preprocess 'resise_and_crop' has no part 'resise' to it; the parts are fixsize, resize,"
                        + " scale_width, scale_shortside, zoom, crop, patch, trim, none, joined by _and_"
            },
            {"", "preprocess '' has no part '' to it"},
            {"none_and_crop", "is none and something"},
            {"crop_and_crop", "says 'crop' twice"},
            {"resize_and_scale_width", "scales in two ways; choose one of resize, scale_width"},
        };
        for (String[] one : cases) {
            assertThatThrownBy(() -> Preprocess.of(one[0]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(one[1]);
        }
        assertThatThrownBy(() -> Preprocess.of("resize_and_crop").withLoadSize(200))
                .hasMessage("crop-size 256 is above load-size 200 in preprocess resize_and_crop; choose at most 200");
        assertThatThrownBy(() -> Preprocess.of("crop").withChannels(4)).hasMessageContaining("1 (grey) or 3");
        assertThatThrownBy(() -> Preprocess.singleImage(64, 0.5)).hasMessage("random-scale-max 0.5 is below 1");
    }
}
