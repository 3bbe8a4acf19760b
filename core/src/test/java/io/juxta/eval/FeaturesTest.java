package io.juxta.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.distributed.Communicator;
import io.juxta.eval.Drawn.Colours;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.neighbours.Knn;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeaturesTest {
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

    private static Tensor allAtOnce(TinyEncoder encoder, Colours images, Layer layer) throws IOException {
        TensorVector parts = new TensorVector();
        images.read(0, (batch, labels) -> parts.push_back(batch.clone()));
        Tensor all = torch.cat(parts, 0);
        encoder.eval();
        return layer == Layer.HEAD ? encoder.forward(all) : encoder.pooled(all);
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    void batchesGiveWhatTheWholeGives(Layer layer) throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        Colours images = new Colours(23, 3, 5, 1);
        Features raw = Features.of(encoder, images, FeatureOptions.of(layer, Length.RAW));
        Tensor expected = allAtOnce(encoder, images, layer);
        assertThat(torch.allclose(raw.values(), expected, 1e-5, 1e-6, false)).isTrue();
        assertThat(StateDict.shape(raw.values())).isEqualTo(layer == Layer.HEAD ? "(23, 4)" : "(23, 6)");
        assertThat(raw.size()).isEqualTo(23);
        assertThat(raw.values().requires_grad()).isFalse();
        for (int i = 0; i < 23; i++) {
            assertThat(raw.labels().select(0, i).item_long()).isEqualTo(i % 3);
        }
        Features unit = Features.of(encoder, images, FeatureOptions.of(layer, Length.UNIT));
        Tensor lengths = unit.values().mul(unit.values()).sum(new long[] {1});
        assertThat(torch.allclose(lengths, torch.ones_like(lengths))).isTrue();
    }

    @Test
    void runsInEvaluationModeAndRestoresTraining() throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        Tensor mean = StateDict.of(encoder).get("norm.running_mean").clone();
        Colours images = new Colours(8, 2, 4, 1);
        encoder.train(true);
        Features.of(encoder, images, FeatureOptions.of(Layer.HEAD, Length.UNIT));
        assertThat(encoder.everTrained).isFalse();
        assertThat(encoder.is_training()).isTrue();
        assertThat(encoder.norm.is_training()).isTrue();
        assertThat(torch.equal(mean, StateDict.of(encoder).get("norm.running_mean")))
                .isTrue();
        encoder.eval();
        Features.of(encoder, images, FeatureOptions.of(Layer.HEAD, Length.UNIT));
        assertThat(encoder.is_training()).isFalse();
    }

    @Test
    void trainingIsRestoredWhenReadingFails() {
        TinyEncoder encoder = new TinyEncoder();
        FeatureOptions options = FeatureOptions.of(Layer.HEAD, Length.UNIT);
        assertThatThrownBy(() -> Features.of(encoder, new Broken(), options)).isInstanceOf(IOException.class);
        assertThat(encoder.is_training()).isTrue();
    }

    @Test
    void followsTheEncodersType() throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        StateDict.convert(encoder, ScalarType.Double);
        Features features =
                Features.of(encoder, new Colours(4, 2, 4, 1), FeatureOptions.of(Layer.BACKBONE, Length.UNIT));
        assertThat(features.values().scalar_type().intern()).isEqualTo(ScalarType.Double);
    }

    @Test
    void pixelsAreTheImages() throws IOException {
        Colours images = new Colours(7, 3, 3, 1);
        Features pixels = Features.ofPixels(images, Length.RAW);
        assertThat(StateDict.shape(pixels.values())).isEqualTo("(7, 108)");
        images.read(0, (batch, labels) -> {
            if (labels.length == 1) {
                assertThat(torch.equal(batch.flatten(1, -1), pixels.values().narrow(0, 6, 1)))
                        .isTrue();
            }
        });
    }

    @Test
    void readsADataSetInItsOrder() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 30, 16);
        Augmentation plain = Augmentation.plain(16, Normalization.CIFAR10);
        TinyEncoder encoder = new TinyEncoder();
        Features small = Features.of(encoder, shapes, plain, new FeatureOptions(Layer.BACKBONE, Length.UNIT, 7));
        Features large = Features.of(encoder, shapes, plain, new FeatureOptions(Layer.BACKBONE, Length.UNIT, 64));
        assertThat(torch.allclose(small.values(), large.values(), 1e-4, 1e-6, false))
                .isTrue();
        for (int i = 0; i < 30; i++) {
            assertThat(small.labels().select(0, i).item_long()).isEqualTo(shapes.label(i));
        }
        assertThat(StateDict.shape(Features.ofPixels(shapes, plain, Length.UNIT).values()))
                .isEqualTo("(30, 768)");
    }

    @Test
    void countsTheImages() {
        TinyEncoder encoder = new TinyEncoder();
        LabelledImages fewer = new Lying(new Colours(8, 2, 4, 1), 9);
        LabelledImages more = new Lying(new Colours(8, 2, 4, 1), 6);
        FeatureOptions options = FeatureOptions.of(Layer.HEAD, Length.RAW);
        assertThatThrownBy(() -> Features.of(encoder, fewer, options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected 9 images, there were 8");
        assertThatThrownBy(() -> Features.of(encoder, more, options)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void memoryStaysFlat() throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        Colours images = new Colours(256, 3, 4, 1);
        FeatureOptions options = FeatureOptions.of(Layer.BACKBONE, Length.UNIT);
        Features.of(encoder, images, options).close();
        long before = Pointer.totalCount();
        Features.of(encoder, images, options).close();
        assertThat(Pointer.totalCount() - before).isLessThan(60);
    }

    private record Lying(Colours images, int size) implements LabelledImages {
        @Override
        public int classes() {
            return images.classes();
        }

        @Override
        public void read(int pass, Consumer consumer) throws IOException {
            images.read(pass, consumer);
        }
    }

    private record Broken() implements LabelledImages {
        @Override
        public int size() {
            return 4;
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public void read(int pass, Consumer consumer) throws IOException {
            throw new IOException("disk gone");
        }
    }

    /** An image that stands in for one that cannot be read is there twice: it is not judged by. */
    @Test
    void readableLeavesOutWhatStandsIn() throws IOException {
        TinyEncoder encoder = new TinyEncoder();
        DrawnShapes shapes = new DrawnShapes(3, 120, 16);
        Augmentation view = Augmentation.plain(16, Normalization.CIFAR10);
        FeatureOptions options = new FeatureOptions(Layer.HEAD, Length.UNIT, 50);
        Features whole = Features.of(encoder, shapes, view, options);
        Features damaged = Features.of(encoder, new Torn(shapes, 70), view, options);
        assertThat(damaged.size()).isEqualTo(120);
        assertThat(damaged.labels().select(0, 70).item_long()).isEqualTo(LabelledImages.STAND_IN);

        Features read = damaged.readable();
        assertThat(read.size()).isEqualTo(119);
        Tensor others = torch.cat(
                new TensorVector(whole.values().narrow(0, 0, 70), whole.values().narrow(0, 71, 49)), 0);
        assertThat(torch.equal(read.values(), others)).isTrue();
        assertThat(read.labels().min().item_long()).isEqualTo(0);
        assertThat(whole.readable()).isSameAs(whole);

        KnnMonitor monitor = new KnnMonitor(
                encoder,
                new Torn(shapes, 70),
                new Torn(new DrawnShapes(4, 110, 16), 3),
                view,
                new KnnOptions(120, 0.1, Layer.HEAD),
                new KnnMonitor.Options(1),
                1,
                Communicator.single());
        Features asked = Features.of(encoder, new Torn(new DrawnShapes(4, 110, 16), 3), view, options)
                .readable();
        Accuracy expected = Knn.evaluate(
                asked.values(), asked.labels(), read.values(), read.labels(), new KnnOptions(119, 0.1, Layer.HEAD));
        assertThat(monitor.measure()).isEqualTo(expected.top1());
        assertThat(expected.count()).isEqualTo(109);
    }

    /** Images of which one cannot be read. */
    private record Torn(DrawnShapes shapes, int torn) implements Dataset {
        @Override
        public int size() {
            return shapes.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (index == torn) {
                throw new UnreadableImageException("torn");
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
}
