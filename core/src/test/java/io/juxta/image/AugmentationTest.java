package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
    @ParameterizedTest
    @ValueSource(strings = {"moco-v1", "moco-v2", "cifar-notebook", "linear-train", "evaluation", "plain"})
    void writtenAndShownAreTheSame(String name) {
        Augmentation augmentation = Augmentation.named(name, 21, Normalization.CIFAR10);
        assertThat(augmentation.name()).isEqualTo(name);
        assertThat(augmentation.describe()).hasSize(augmentation.steps().size() + 1);
        Canvas canvas = new Canvas();
        float[] table = Normalization.CIFAR10.table();
        for (int i = 0; i < 20; i++) {
            Image image = Noise.image(20 + 3 * i, 60 - i, i);
            byte[] before = image.rgb().clone();
            FloatBuffer out = FloatBuffer.allocate(augmentation.length());
            augmentation.apply(image, Draws.of(1, 2, i, 1), canvas, out);
            assertThat(out.hasRemaining()).isFalse();
            Image shown = augmentation.view(image, Draws.of(1, 2, i, 1), new Canvas());
            for (int j = 0; j < augmentation.length(); j++) {
                assertThat(out.get(j)).isEqualTo(table[256 * (j % 3) + (shown.rgb()[j] & 255)]);
            }
            assertThat(image.rgb()).containsExactly(before);
        }
    }

    @Test
    void otherDrawsMakeOtherViews() {
        Augmentation augmentation = Augmentation.mocoV2(16, Normalization.IMAGENET);
        Image image = Noise.image(40, 40, 1);
        byte[] one =
                augmentation.view(image, Draws.of(1, 0, 0, 0), new Canvas()).rgb();
        for (Draws other :
                List.of(Draws.of(2, 0, 0, 0), Draws.of(1, 1, 0, 0), Draws.of(1, 0, 1, 0), Draws.of(1, 0, 0, 1))) {
            assertThat(augmentation.view(image, other, new Canvas()).rgb()).isNotEqualTo(one);
        }
    }

    @Test
    void anUnknownNameListsTheKnown() {
        assertThatThrownBy(() -> Augmentation.named("moco-v3", 32, Normalization.HALF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no augmentation is called 'moco-v3'; there are moco-v1, moco-v2, cifar-notebook,"
                        + " linear-train, evaluation, plain");
    }

    @Test
    void cropsHaveTheOriginalsDistribution() {
        PixelStep.RandomResizedCrop step = new PixelStep.RandomResizedCrop(8, 0.2, 1, Filter.BILINEAR);
        Box[] boxes = new Box[20_000];
        for (int i = 0; i < boxes.length; i++) {
            boxes[i] = step.draw(100, 100, Draws.of(3, 0, i, 0));
            assertThat(boxes[i].left() + boxes[i].width()).isLessThanOrEqualTo(100);
            assertThat(boxes[i].top() + boxes[i].height()).isLessThanOrEqualTo(100);
        }
        ToDoubleFunction<Box> area = box -> box.width() * box.height() / 10_000.0;
        ToDoubleFunction<Box> ratio = box -> (double) box.width() / box.height();
        assertThat(Arrays.stream(boxes).mapToDouble(area).min().orElseThrow()).isBetween(0.19, 0.21);
        // a share close to 1 with a ratio far from 1 does not fit and is drawn again: the mean is 0.543
        assertThat(Arrays.stream(boxes).mapToDouble(area).average().orElseThrow())
                .isBetween(0.537, 0.548);
        assertThat(Arrays.stream(boxes).mapToDouble(ratio).min().orElseThrow()).isBetween(0.72, 0.77);
        assertThat(Arrays.stream(boxes).mapToDouble(ratio).max().orElseThrow()).isBetween(1.3, 1.4);
        assertThat(Arrays.stream(boxes)
                        .mapToDouble(box -> Math.log(ratio.applyAsDouble(box)))
                        .average()
                        .orElseThrow())
                .isBetween(-0.01, 0.01);
    }

    @Test
    void anImageTooLongForTheRatiosGivesItsCentre() {
        PixelStep.RandomResizedCrop step = new PixelStep.RandomResizedCrop(8, 0.9, 1, Filter.BILINEAR);
        assertThat(step.draw(900, 9, Draws.of(1, 1, 1, 1))).isEqualTo(new Box(444, 0, 12, 9));
        assertThat(step.draw(9, 900, Draws.of(1, 1, 1, 1))).isEqualTo(new Box(0, 444, 9, 12));
    }

    @Test
    void evaluationRoundsAsTorchvision() {
        Image image = Noise.image(50, 37, 5);
        // short side 37 to 16, long side 21 (truncated from 21.6), crop at (21 - 14) / 2 = 3.5, to even: 4
        Image view =
                Augmentation.evaluation(16, 14, Normalization.HALF).view(image, Draws.of(0, 0, 0, 0), new Canvas());
        Canvas canvas = new Canvas();
        canvas.load(image);
        canvas.cropAndResize(Box.whole(50, 37), 21, 16, new Box(4, 1, 14, 14), Filter.BILINEAR);
        assertThat(view.rgb()).containsExactly(canvas.toImage().rgb());
        assertThatThrownBy(() -> Augmentation.evaluation(16, 17, Normalization.HALF))
                .hasMessage("a crop of 17 pixels does not fit a short side of 16; choose a crop of at most 16");
    }

    @Test
    void plainLeavesAFittingImageAlone() {
        Image image = Noise.image(12, 12, 6);
        Augmentation plain = Augmentation.plain(12, Normalization.HALF);
        assertThat(plain.view(image, Draws.of(0, 0, 0, 0), new Canvas()).rgb()).containsExactly(image.rgb());
    }

    @Test
    void aFlipMirrorsAndIsUndoneByAnother() {
        Image image = Noise.image(5, 4, 7);
        PixelStep flip = new PixelStep.RandomHorizontalFlip(1);
        Augmentation once =
                Augmentation.of("once", 4, Normalization.HALF, flip, new PixelStep.Resize(4, Filter.BILINEAR));
        Augmentation mirrored =
                Augmentation.of("plain", 4, Normalization.HALF, new PixelStep.Resize(4, Filter.BILINEAR));
        byte[] rgb = new byte[image.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = image.rgb()[15 * (i / 15) + 3 * (4 - i % 15 / 3) + i % 3];
        }
        Draws draws = Draws.of(0, 0, 0, 0);
        assertThat(once.view(image, draws, new Canvas()).rgb())
                .containsExactly(
                        mirrored.view(new Image(5, 4, rgb), draws, new Canvas()).rgb());
        Augmentation twice =
                Augmentation.of("twice", 4, Normalization.HALF, new PixelStep.Resize(4, Filter.BILINEAR), flip, flip);
        assertThat(twice.view(image, draws, new Canvas()).rgb())
                .containsExactly(mirrored.view(image, draws, new Canvas()).rgb());
    }
}
