package io.juxta.eval.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DomainDistanceTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Noise from 0 to 1, darker by a factor. */
    private static ImageBatches noise(long tag, double brightness, int... batches) {
        return consumer -> {
            for (int i = 0; i < batches.length; i++) {
                try (PointerScope own = new PointerScope()) {
                    Tensor images = Filler.tensor(tag + i, 0.5, ScalarType.Float, batches[i], 3, 16, 16)
                            .add(new Scalar(0.5));
                    consumer.accept(images.mul(new Scalar(brightness)));
                }
            }
        };
    }

    @Test
    void theDistancesAreThoseOfTheFeatures() throws IOException {
        FeatureSource pixels = FeatureSource.pixels();
        KernelOptions options = new KernelOptions(4, 5, 1);
        ImageBatches images = noise(551, 0.1, 4, 3);
        ImageBatches target = noise(553, 1, 5, 4);
        try (DomainDistance toTarget = DomainDistance.to(target, pixels, options)) {
            DomainDistance.Measured measured = toTarget.of(images);
            Tensor a = pixels.of(images);
            Tensor b = pixels.of(target);
            assertThat(StateDict.shape(a)).isEqualTo("(7, 768)");
            assertThat(toTarget.size()).isEqualTo(9);
            assertThat(measured)
                    .isEqualTo(new DomainDistance.Measured(
                            "pixels16", KernelDistance.of(a, b, options), FrechetDistance.of(a, b)));
            Map<String, Double> metrics = new LinkedHashMap<>();
            measured.putInto(metrics);
            assertThat(metrics)
                    .containsExactly(
                            Map.entry("kid(pixels16)", measured.kid().mean()),
                            Map.entry("kid_std(pixels16)", measured.kid().deviation()),
                            Map.entry("frechet(pixels16)", measured.frechet().value()));
            assertThat(measured.toString())
                    .startsWith("kid(pixels16) " + measured.kid() + ", frechet(pixels16) ")
                    .endsWith(" (N 7 and 9, D 768: N not above D, biased upwards)");
            // nothing of the domain was used up, and what is nearer is nearer
            assertThat(toTarget.of(images)).isEqualTo(measured);
            DomainDistance.Measured nearer = toTarget.of(noise(555, 1, 7));
            assertThat(nearer.kid().mean()).isLessThan(measured.kid().mean());
            assertThat(nearer.frechet().value()).isLessThan(measured.frechet().value());
            assertThat(toTarget.of(target).frechet().value()).isCloseTo(0, within(1e-11));
        }
    }

    @Test
    void pixelsAreMeansOfAreasCutOffAsInAFile() throws IOException {
        Tensor images = torch.zeros(2, 3, 32, 48);
        images.select(0, 0).fill_(new Scalar(-3));
        images.select(0, 1).select(0, 1).narrow(0, 0, 1).fill_(new Scalar(4)); // the upper row of green
        Tensor features = FeatureSource.pixels().of(consumer -> consumer.accept(images.to(ScalarType.Double)));
        assertThat(features.select(0, 0).abs().sum().item_double()).isZero();
        Tensor planes = features.select(0, 1).view(3, 16, 16);
        assertThat(planes.sum().item_double()).isEqualTo(8);
        assertThat(planes.select(0, 1).select(0, 0).eq(new Scalar(0.5)).all().item_bool())
                .isTrue();
        Tensor small = torch.zeros(2, 3, 8, 20);
        assertThatThrownBy(() -> FeatureSource.pixels().of(consumer -> consumer.accept(small)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images of 20 x 8 are too small for these features: they need at least 16 x 16");
    }

    @Test
    void anEncodersFeaturesAreThoseThatEvaluationsHave() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 70, 16);
        TinyEncoder encoder = new TinyEncoder();
        encoder.train(true);
        FeatureSource source = FeatureSource.encoder("e.safetensors", encoder, Normalization.CIFAR10);
        Tensor features = source.of(ImageBatches.of(shapes, 16));
        Features expected = Features.of(
                encoder,
                shapes,
                Augmentation.plain(16, Normalization.CIFAR10),
                FeatureOptions.of(Layer.BACKBONE, FeatureOptions.Length.RAW));
        assertThat(source.name()).isEqualTo("encoder e.safetensors");
        assertThat(torch.allclose(features, expected.values(), 1e-5, 1e-6, false))
                .isTrue();
        assertThat(features.requires_grad()).isFalse();
        assertThat(encoder.is_training()).isTrue();
        assertThat(encoder.everTrained).isFalse();
        StateDict.convert(encoder, ScalarType.Double);
        assertThat(torch.allclose(source.of(ImageBatches.of(shapes, 16)), features, 1e-4, 1e-5, false))
                .isTrue();
    }

    /** Shapes of which some cannot be read. */
    private record Damaged(DrawnShapes shapes, List<Integer> unreadable) implements Dataset {
        @Override
        public int size() {
            return shapes.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (unreadable.contains(index)) {
                throw new UnreadableImageException(name(index) + ": damaged");
            }
            return shapes.image(index);
        }

        @Override
        public int label(int index) {
            return shapes.label(index);
        }

        @Override
        public List<String> classes() {
            return shapes.classes();
        }

        @Override
        public String name(int index) {
            return shapes.name(index);
        }
    }

    @Test
    void anUnreadableImageIsLeftOutAndNobodyStandsInForIt() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 66, 16);
        Tensor all = FeatureSource.pixels().of(ImageBatches.of(shapes, 16));
        Tensor others = FeatureSource.pixels().of(ImageBatches.of(new Damaged(shapes, List.of(64)), 16));
        assertThat(StateDict.shape(others)).isEqualTo("(65, 768)");
        assertThat(torch.equal(others.narrow(0, 0, 64), all.narrow(0, 0, 64))).isTrue();
        assertThat(torch.equal(others.select(0, 64), all.select(0, 65))).isTrue();
        ImageBatches damaged = ImageBatches.of(new Damaged(shapes, List.of(1, 3)), 16);
        assertThatThrownBy(() -> FeatureSource.pixels().of(damaged))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("2 of 66 images are unreadable, the limit is 1 %");
    }

    @Test
    void refusesInOneLine() throws IOException {
        FeatureSource pixels = FeatureSource.pixels();
        assertThatThrownBy(() -> pixels.of(consumer -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("there are no images to make features of (pixels16)");
        Tensor broken = torch.zeros(3, 3, 16, 16);
        broken.select(0, 1).fill_(new Scalar(Double.NaN));
        assertThatThrownBy(() -> pixels.of(consumer -> {
                    consumer.accept(torch.zeros(2, 3, 16, 16));
                    consumer.accept(broken);
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("features that are no numbers (pixels16), of the image 3 or one of the 2 after it: what"
                        + " made them came apart, take an older checkpoint");
        assertThatThrownBy(() -> DomainDistance.to(noise(556, 1, 1), pixels, KernelOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("features (1, 768) have no spread: ");
        try (DomainDistance distance = DomainDistance.to(noise(556, 1, 3), pixels, KernelOptions.defaults())) {
            assertThatThrownBy(() -> distance.of(noise(557, 1, 1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void memoryStaysFlat() throws IOException {
        try (DomainDistance distance =
                DomainDistance.to(noise(558, 1, 5, 5), FeatureSource.pixels(), new KernelOptions(3, 4, 0))) {
            distance.of(noise(561, 1, 6, 6));
            long before = Pointer.totalCount();
            distance.of(noise(561, 1, 6, 6));
            assertThat(Pointer.totalCount() - before).isLessThan(20);
        }
    }
}
