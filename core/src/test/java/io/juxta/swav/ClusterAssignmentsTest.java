package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nearest prototypes, held to one image and one prototype at a time. */
class ClusterAssignmentsTest {
    private static final int K = 5;
    private static final String RECIPE = """
            arch: resnet18
            stem: cifar
            width: 8
            hidden-mlp: 16
            feat-dim: 8
            T: 0.2
            crops: [2, 1]
            crop-sizes: [16, 8]
            crop-min-scales: [0.3, 0.1]
            crop-max-scales: [1, 0.3]
            """;

    private PointerScope scope = new PointerScope();

    @TempDir
    Path folder;

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Drawn shapes of which one cannot be read. */
    private record OneDamaged(DrawnShapes shapes, int damaged) implements Dataset {
        @Override
        public int size() {
            return shapes.size();
        }

        @Override
        public Image image(int index) throws UnreadableImageException {
            if (index == damaged) {
                throw new UnreadableImageException("image " + index + ": damaged");
            }
            return shapes.image(index);
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
            return "" + index;
        }
    }

    /** Written as a run would and read back; the prototypes are of any length but 1. */
    private ClusterEncoder encoder(String method, String prototypes) throws IOException {
        String recipe = "method: " + method + "\nprototypes: " + prototypes + "\n" + RECIPE;
        Torch.seed(3);
        ClusterNetwork network =
                Recipe.parse(recipe, "tiny").bind(ClusterOptions.class).network();
        try (NoGradGuard guard = new NoGradGuard()) {
            for (int head = 0; head < network.prototypes().heads(); head++) {
                Tensor weight = network.prototypes().weight(head);
                for (int k = 0; k < weight.size(0); k++) {
                    weight.select(0, k).mul_(new Scalar(0.1 + 3 * k));
                }
            }
        }
        Path file = folder.resolve(method + ".safetensors");
        Safetensors.write(file, StateDict.of(network.encoder()), Map.of("recipe", recipe));
        return ClusterEncoder.of(WeightsFile.read(file), file, new Device("cpu"));
    }

    private static double[] doubles(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        tensor.detach().contiguous().data_ptr_float().get(values);
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static double[] cosines(ClusterEncoder encoder, int head, Image image) {
        Augmentation view = encoder.crops().evaluation();
        FloatBuffer pixels = FloatBuffer.allocate(view.length());
        view.apply(image, Draws.of(0, 0, 0, 0), new Canvas(), pixels);
        Tensor x = Tensor.create(pixels.array(), 1, view.size(), view.size(), 3).permute(0, 3, 1, 2);
        EncoderNetwork network = encoder.network();
        double[] z = doubles(network.forward(x).flatten());
        double[] weight = doubles(encoder.prototypes().weight(head));
        double[] cosines = new double[weight.length / z.length];
        for (int k = 0; k < cosines.length; k++) {
            double dot = 0;
            double a = 0;
            double b = 0;
            for (int d = 0; d < z.length; d++) {
                dot += z[d] * weight[k * z.length + d];
                a += z[d] * z[d];
                b += weight[k * z.length + d] * weight[k * z.length + d];
            }
            cosines[k] = dot / Math.sqrt(a * b);
        }
        return cosines;
    }

    private static void assertNearest(ClusterEncoder encoder, int head, Dataset images, ClusterAssignments assigned)
            throws UnreadableImageException {
        for (int i = 0; i < images.size(); i++) {
            double[] cosines = cosines(encoder, head, images.image(i));
            double best = -2;
            double sum = 0;
            for (double cosine : cosines) {
                best = Math.max(best, cosine);
                sum += Math.exp(cosine / 0.2);
            }
            assertThat(assigned.score(i)).isCloseTo((float) best, within(1e-5f));
            assertThat(cosines[assigned.prototype(i)]).isCloseTo(best, within(1e-5));
            assertThat(assigned.confidence(i)).isCloseTo((float) (Math.exp(best / 0.2) / sum), within(1e-4f));
        }
    }

    @Test
    void everyImageHasItsNearestByCosineWhateverTheLengths() throws IOException {
        ClusterEncoder encoder = encoder("swav", "[" + K + "]");
        // more than one batch of 64, the last not full
        DrawnShapes shapes = new DrawnShapes(1, 70, 16);
        ClusterAssignments assigned = ClusterAssignments.of(encoder, shapes, 0);
        assertThat(assigned.size()).isEqualTo(70);
        assertThat(assigned.prototypes()).isEqualTo(K);
        assertNearest(encoder, 0, shapes, assigned);
        assertThat(assigned.toArray()[69]).isEqualTo(assigned.prototype(69));
        assertThat(assigned.scores()[69]).isEqualTo(assigned.score(69));
        // by dot products of the prototypes as they are it would be others
        int[] byDot = new int[70];
        for (int i = 0; i < 70; i++) {
            double[] cosines = cosines(encoder, 0, shapes.image(i));
            for (int k = 1; k < K; k++) {
                byDot[i] =
                        length(encoder, k) * cosines[k] > length(encoder, byDot[i]) * cosines[byDot[i]] ? k : byDot[i];
            }
        }
        assertThat(assigned.toArray()).isNotEqualTo(byDot);
    }

    /** The encoder alone is held in bfloat16; cosines are within a hundredth. */
    @Test
    void anEncoderInBfloat16IsNear() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 40, 16);
        ClusterAssignments whole = ClusterAssignments.of(encoder("swav", "[5]"), shapes, 0);
        ClusterEncoder encoder = encoder("swav", "[5]");
        Precision.BFLOAT16.hold(encoder.network(), new Device("cpu"));
        ClusterAssignments held = ClusterAssignments.of(encoder, shapes, 0);
        assertThat(held.scores()).isNotEqualTo(whole.scores()).containsExactly(whole.scores(), within(0.01f));
    }

    private static double length(ClusterEncoder encoder, int k) {
        return encoder.prototypes().weight(0).select(0, k).norm().item_double();
    }

    @Test
    void headsAreCountedFromNought() throws IOException {
        ClusterEncoder encoder = encoder("deepcluster", "[4, 7]");
        DrawnShapes shapes = new DrawnShapes(1, 9, 16);
        ClusterAssignments second = ClusterAssignments.of(encoder, shapes, 1);
        assertThat(second.prototypes()).isEqualTo(7);
        assertNearest(encoder, 1, shapes, second);
        for (int head : new int[] {-1, 2}) {
            assertThatThrownBy(() -> ClusterAssignments.of(encoder, shapes, head))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("head " + head + " is not there: the encoder has 2 heads, choose one from 0 to 1");
        }
    }

    @Test
    void whatCannotBeReadHasNoneAndItsStandInIsNotTakenForIt() throws IOException {
        ClusterEncoder encoder = encoder("swav", "[" + K + "]");
        DrawnShapes shapes = new DrawnShapes(1, 20, 16);
        ClusterAssignments whole = ClusterAssignments.of(encoder, shapes, 0);
        ClusterAssignments assigned = ClusterAssignments.of(encoder, new OneDamaged(shapes, 7), 0);
        int[] expected = whole.toArray();
        expected[7] = ClusterAssignments.NONE;
        assertThat(assigned.toArray()).containsExactly(expected);
        assertThat(assigned.score(7)).isZero();
        assertThat(assigned.confidence(7)).isZero();
    }

    @Test
    void anEncoderThatCameApartIsOneLine() throws IOException {
        ClusterEncoder encoder = encoder("swav", "[" + K + "]");
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(encoder.network()).values().iterator().next().fill_(new Scalar(Double.NaN));
        }
        assertThatThrownBy(() -> ClusterAssignments.of(encoder, new DrawnShapes(1, 3, 16), 0))
                .isInstanceOf(IOException.class)
                .hasMessage("the encoder gives no numbers for image 0: its run came apart; take an older checkpoint");
    }

    @Test
    void theModeOfTheNetworkIsRestoredAndItsWeightsStay() throws IOException {
        ClusterEncoder encoder = encoder("swav", "[" + K + "]");
        double[] before = doubles(encoder.prototypes().weight(0));
        encoder.network().train(true);
        ClusterAssignments trained = ClusterAssignments.of(encoder, new DrawnShapes(1, 12, 16), 0);
        assertThat(encoder.network().is_training()).isTrue();
        encoder.network().eval();
        assertThat(trained.toArray())
                .isEqualTo(ClusterAssignments.of(encoder, new DrawnShapes(1, 12, 16), 0)
                        .toArray());
        assertThat(doubles(encoder.prototypes().weight(0))).containsExactly(before);
    }

    @Test
    void anInterruptedThreadEndsInGoodOrder() throws IOException {
        ClusterEncoder encoder = encoder("swav", "[" + K + "]");
        encoder.network().train(true);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ClusterAssignments.of(encoder, new DrawnShapes(1, 70, 16), 0))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(encoder.network().is_training()).isTrue();
    }

    @Test
    void anotherMethodsEncoderIsRefused() throws IOException {
        Path file = folder.resolve("other.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.create(1f)), Map.of("recipe", "arch: resnet18\n"));
        assertThatThrownBy(() -> ClusterEncoder.of(WeightsFile.read(file), file, new Device("cpu")))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is an encoder of moco, which has no prototypes: give one of swav or deepcluster");
    }
}
