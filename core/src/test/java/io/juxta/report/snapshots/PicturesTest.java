package io.juxta.report.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.drawing.ContactSheet;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Which images a report shows, and that the pictures are those images. */
class PicturesTest {
    private static final int SIDE = 32;
    private static final Augmentation VIEW = Augmentation.mocoV2(SIDE, Normalization.IMAGENET);
    private static final Augmentation PLAIN = Augmentation.plain(SIDE, Normalization.IMAGENET);

    /** Drawn shapes, some of which cannot be read and none of which may have a class. */
    private record Damaged(DrawnShapes shapes, int readableFrom, List<String> classes) implements Dataset {
        @Override
        public int size() {
            return shapes.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (index < readableFrom) {
                throw new UnreadableImageException("image " + index + ": damaged");
            }
            return shapes.image(index);
        }

        @Override
        public int label(int index) {
            return classes.isEmpty() ? -1 : shapes.label(index);
        }

        @Override
        public String name(int index) {
            return "n".repeat(500) + index;
        }
    }

    private static Pictures of(Dataset images, long seed) throws IOException {
        return Pictures.of(images, List.of(VIEW, VIEW), PLAIN, seed);
    }

    private static BufferedImage read(byte[] jpeg) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(jpeg));
    }

    /** The mean difference of a tile and an image; JPEG changes a pixel by a few of 256 steps. */
    static double difference(BufferedImage sheet, int left, int top, Image image) {
        double sum = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int rgb = sheet.getRGB(left + x, top + y);
                for (int channel = 0; channel < 3; channel++) {
                    int is = rgb >> (16 - 8 * channel) & 255;
                    sum += Math.abs(is - (image.rgb()[3 * (y * image.width() + x) + channel] & 255));
                }
            }
        }
        return sum / (3 * image.width() * image.height());
    }

    @Test
    void theSeedSaysWhichImages() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 300, SIDE);
        Pictures one = of(shapes, 5);
        Pictures again = of(shapes, 5);
        assertThat(again.sample()).isEqualTo(one.sample());
        assertThat(again.thumbnails()).isEqualTo(one.thumbnails());
        assertThat(again.views()).isEqualTo(one.views());
        assertThat(of(shapes, 6).sample().fingerprint())
                .isNotEqualTo(one.sample().fingerprint());
        assertThat(new HashSet<>(one.sample().indices())).hasSize(one.sample().size());
    }

    @Test
    void thereAreAQuarterOfTheImagesWithinLimits() throws IOException {
        assertThat(of(new DrawnShapes(1, 1, SIDE), 0).sample().size()).isEqualTo(1);
        assertThat(of(new DrawnShapes(1, 150, SIDE), 0).sample().size()).isEqualTo(150);
        assertThat(of(new DrawnShapes(1, 500, SIDE), 0).sample().size()).isEqualTo(200);
        assertThat(of(new DrawnShapes(1, 1200, SIDE), 0).sample().size()).isEqualTo(300);
        Sample most = of(new DrawnShapes(1, 4100, SIDE), 0).sample();
        assertThat(most.size()).isEqualTo(1000);
        assertThat(most.mapped()).isEqualTo(500);
    }

    @Test
    void everyClassIsAskedAboutBeforeOneIsTwice() throws IOException {
        Sample sample = of(new DrawnShapes(1, 300, SIDE), 0).sample();
        Set<Integer> classes = new HashSet<>();
        sample.queries()
                .subList(0, 10)
                .forEach(query -> classes.add(sample.labels().get(query)));
        assertThat(classes).hasSize(10);
        assertThat(sample.queries()).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void thumbnailsAndViewsAreWhatTheNetworkSees() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 60, SIDE);
        long seed = 7;
        Pictures pictures = of(shapes, seed);
        Sample sample = pictures.sample();
        BufferedImage thumbnails = read(pictures.thumbnails());
        BufferedImage views = read(pictures.views());
        assertThat(views.getWidth()).isEqualTo(7 * SIDE);
        assertThat(views.getHeight()).isEqualTo(8 * SIDE);
        for (int row = 0; row < 8; row++) {
            int index = sample.indices().get(row);
            Image image = shapes.image(index);
            assertThat(difference(thumbnails, row * SIDE, 0, image)).isLessThan(8);
            assertThat(difference(views, 0, row * SIDE, image)).isLessThan(8);
            for (int column = 1; column < 7; column++) {
                // the draws of the loader: seed, epoch, image, view
                Draws draws = Draws.of(seed, (column - 1) / 2, index, (column - 1) % 2);
                Image view = VIEW.view(image, draws, new Canvas());
                assertThat(difference(views, column * SIDE, row * SIDE, view)).isLessThan(8);
            }
        }
    }

    @Test
    void ofMultiCropAPairIsShownAndOneOfEachFurtherKind() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 20, SIDE);
        Augmentation large = Augmentation.swav(SIDE, 0.3, 1, Normalization.SWAV);
        Augmentation small = Augmentation.swav(16, 0.1, 0.3, Normalization.SWAV);
        List<Augmentation> views = List.of(large, large, small, small, small, VIEW);
        long seed = 7;
        Pictures pictures = Pictures.of(shapes, views, PLAIN, seed);
        assertThat(pictures.sample().views().kinds())
                .containsExactly(
                        new Sample.Kind(2, 2, SIDE, large.describe()),
                        new Sample.Kind(3, 1, 16, small.describe()),
                        new Sample.Kind(1, 1, SIDE, VIEW.describe()));
        BufferedImage sheet = read(pictures.views());
        assertThat(sheet.getWidth()).isEqualTo(13 * SIDE);
        int[] numbers = {0, 1, 2, 5};
        for (int row = 0; row < 8; row++) {
            int index = pictures.sample().indices().get(row);
            for (int column = 1; column < 13; column++) {
                int number = numbers[(column - 1) % 4];
                Draws draws = Draws.of(seed, (column - 1) / 4, index, number);
                Image view = views.get(number).view(shapes.image(index), draws, new Canvas());
                assertThat(difference(sheet, column * SIDE, row * SIDE, enlarged(view, SIDE / view.width())))
                        .isLessThan(16);
            }
        }
    }

    private static Image enlarged(Image image, int times) {
        int side = image.width() * times;
        byte[] rgb = new byte[3 * side * side];
        for (int at = 0; at < rgb.length; at++) {
            int x = at / 3 % side / times;
            int y = at / 3 / side / times;
            rgb[at] = image.rgb()[3 * (y * image.width() + x) + at % 3];
        }
        return new Image(side, side, rgb);
    }

    @Test
    void whatCannotBeReadIsPassedOver() throws IOException {
        Pictures pictures = of(new Damaged(new DrawnShapes(1, 90, SIDE), 40, List.of()), 0);
        Sample sample = pictures.sample();
        assertThat(sample.indices()).hasSize(50).allMatch(index -> index >= 40);
        assertThat(sample.labels()).containsOnly(-1);
        assertThat(sample.names()).allMatch(name -> name.length() <= 203);
        // two rows of 32: the sheet ends with the last picture's row
        assertThat(read(pictures.thumbnails()).getHeight()).isEqualTo(2 * SIDE);
        assertThatThrownBy(() -> of(new Damaged(new DrawnShapes(1, 9, SIDE), 9, List.of()), 0))
                .isInstanceOf(IOException.class)
                .hasMessage("none of the 9 images can be read");
    }

    @Test
    void aPictureKeepsItsProportions() throws IOException {
        byte[] white = new byte[3 * 64 * 16];
        java.util.Arrays.fill(white, (byte) 255);
        ContactSheet sheet = new ContactSheet(1, 1, 32);
        sheet.put(0, new Image(64, 16, white));
        BufferedImage read = read(sheet.jpeg());
        assertThat(read.getRGB(16, 16) & 255).isGreaterThan(240);
        assertThat(read.getRGB(16, 2) & 255).isBetween(110, 146);
        assertThat(ContactSheet.tile(224, 64)).isEqualTo(64);
        assertThat(ContactSheet.tile(40, 64)).isEqualTo(32);
        assertThat(ContactSheet.tile(8, 64)).isEqualTo(16);
    }
}
