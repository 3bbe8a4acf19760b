package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Awt;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.weights.Safetensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class EncoderTest {
    private static final int IMAGES = 40;
    /** Of the largest value of an embedding. */
    private static final float TOLERANCE = 1e-6f;

    @TempDir
    static Path folder;

    private static Path weights = Path.of("");
    private static final List<Path> FILES = new ArrayList<>();

    @BeforeAll
    static void write() throws IOException {
        weights = TinyEncoderFile.write(folder.resolve("encoder.safetensors"));
        Path images = Files.createDirectory(folder.resolve("images"));
        Random random = new Random(3);
        for (int i = 0; i < IMAGES; i++) {
            byte[] rgb = new byte[3 * (20 + i) * 24];
            random.nextBytes(rgb);
            FILES.add(Files.write(images.resolve(100 + i + ".png"), Png.encode(new Image(20 + i, 24, rgb))));
        }
    }

    /** The slow obvious way: the evaluations' own, through the loader. */
    private static float[][] expected(Layer layer, Length length) throws IOException {
        TrainedEncoder trained = TrainedEncoder.read(weights, Devices.parse("cpu"));
        Dataset images = ImageFolder.open(folder.resolve("images"));
        try (Features features =
                Features.of(trained.network(), images, trained.evaluation(), FeatureOptions.of(layer, length))) {
            int width = (int) features.values().size(1);
            float[] values = new float[IMAGES * width];
            features.values().data_ptr_float().get(values);
            float[][] rows = new float[IMAGES][width];
            for (int i = 0; i < IMAGES; i++) {
                System.arraycopy(values, i * width, rows[i], 0, width);
            }
            return rows;
        }
    }

    private static void assertSame(float[] found, float[] expected) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(found).hasSameSizeAs(expected).containsExactly(expected, within(TOLERANCE * largest));
    }

    /** A network held in bfloat16 gives nearly the same embeddings, and they are float32's in length. */
    @Test
    void bfloat16IsNear() throws IOException {
        float[][] expected = expected(Layer.BACKBONE, Length.UNIT);
        try (Encoder encoder = Encoder.load(weights, EncoderOptions.defaults().withPrecision(Precision.BFLOAT16))) {
            float[][] found = encoder.embed(FILES);
            boolean differs = false;
            for (int i = 0; i < IMAGES; i++) {
                assertThat(Encoder.cosine(found[i], expected[i])).isCloseTo(1, within(1e-3));
                double squares = 0;
                for (float value : found[i]) {
                    squares += value * value;
                }
                assertThat(squares).isCloseTo(1, within(1e-6));
                differs |= !Arrays.equals(found[i], expected[i]);
            }
            assertThat(differs).isTrue();
        }
    }

    @Test
    void aPrecisionThatTheDeviceLacksIsRefused() {
        EncoderOptions options = EncoderOptions.defaults().withDevice("cpu").withPrecision(Precision.FLOAT16);
        assertThatThrownBy(() -> Encoder.load(weights, options)).hasMessageContaining("float16 needs a GPU");
    }

    @ParameterizedTest
    @EnumSource
    void embeddingsAreThoseOfTheEvaluations(Layer layer) throws IOException {
        for (Length length : Length.values()) {
            float[][] expected = expected(layer, length);
            EncoderOptions options = EncoderOptions.defaults()
                    .withLayer(layer)
                    .withLength(length)
                    .withBatchSize(7);
            try (Encoder encoder = Encoder.load(weights, options)) {
                assertThat(encoder.dimension()).isEqualTo(layer == Layer.HEAD ? 16 : 64);
                assertThat(encoder.imageSize()).isEqualTo(16);
                float[][] found = encoder.embed(FILES);
                assertThat(found).hasDimensions(IMAGES, encoder.dimension());
                for (int i = 0; i < IMAGES; i++) {
                    assertSame(found[i], expected[i]);
                }
            }
        }
    }

    @Test
    void anImageMayComeInEveryShape() throws IOException {
        float[] expected = expected(Layer.BACKBONE, Length.UNIT)[5];
        Path file = FILES.get(5);
        byte[] bytes = Files.readAllBytes(file);
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes));
        try (Encoder encoder = Encoder.load(folder)) {
            assertSame(encoder.embed(file), expected);
            assertSame(encoder.embed(bytes), expected);
            assertSame(encoder.embed(picture), expected);
            float[][] mixed = encoder.embed(List.of(picture, bytes, file));
            for (float[] each : mixed) {
                assertSame(each, expected);
            }
            assertThat(Encoder.cosine(mixed[0], expected)).isCloseTo(1, within(1e-6));
            assertThat(encoder.embed(List.of())).isEmpty();
            assertThatThrownBy(() -> encoder.embed(List.of(file, "a.png")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image 1 is a java.lang.String: give a BufferedImage, a Path or a byte[]");
            assertThatThrownBy(() -> encoder.embed(new byte[] {1, 2, 3}))
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("image: ");
            assertThatThrownBy(() -> encoder.embed(folder.resolve("none.png")))
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageContaining("no such file");
            assertThat(encoder.embed(file)).describedAs("after refusals").hasSize(64);
        }
    }

    /** A camera held upside down stores the picture so, and says it. */
    @Test
    void aPictureStoredUpsideDownIsThePicture() throws IOException {
        Image upright = io.juxta.image.Decoder.read(FILES.get(5));
        byte[] turned = Png.encode(upsideDown(upright));
        // EXIF orientation 3, of which the checksum is not looked at
        byte[] exif = "\0\0\0\32eXIfII*\0\b\0\0\0\1\0\22\1\3\0\1\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0"
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer file = ByteBuffer.allocate(turned.length + exif.length);
        file.put(turned, 0, 33).put(exif).put(turned, 33, turned.length - 33);
        try (Encoder encoder = Encoder.load(folder)) {
            float[] expected = encoder.embed(FILES.get(5));
            assertThat(encoder.embed(file.array())).containsExactly(expected);
            assertThat(encoder.embed(List.of(file.array()))[0]).containsExactly(expected);
            assertThat(Encoder.cosine(encoder.embed(turned), expected)).isLessThan(0.9999);
        }
        Path folder = Files.createTempDirectory("turned");
        Files.write(folder.resolve("a.png"), file.array());
        Dataset images = ImageFolder.open(folder);
        assertThat(images.image(0).rgb()).containsExactly(upsideDown(upright).rgb());
        assertThat(images.upright().image(0).rgb()).containsExactly(upright.rgb());
        Files.delete(folder.resolve("a.png"));
        Files.delete(folder);
    }

    private static Image upsideDown(Image image) {
        byte[] rgb = new byte[image.rgb().length];
        for (int i = 0; i < rgb.length; i += 3) {
            System.arraycopy(image.rgb(), i, rgb, rgb.length - 3 - i, 3);
        }
        return new Image(image.width(), image.height(), rgb);
    }

    /** Java2D takes grey values for linear light; a file read by it must be what the same file is here. */
    @ParameterizedTest
    @EnumSource(GreyOrPalette.class)
    void picturesOfJava2dAreWhatTheirFilesAre(GreyOrPalette kind) throws IOException {
        BufferedImage picture = new BufferedImage(18, 16, kind.type);
        Random random = new Random(1);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 18; x++) {
                picture.setRGB(x, y, random.nextInt());
            }
        }
        Path file = folder.resolve(kind + ".png");
        ImageIO.write(picture, "png", file.toFile());
        BufferedImage read = ImageIO.read(file.toFile());
        assertThat(Awt.image(read).rgb())
                .isEqualTo(io.juxta.image.Decoder.read(file).rgb());
        BufferedImage part = read.getSubimage(3, 2, 9, 8);
        byte[] rows = Awt.image(read).rgb();
        assertThat(Awt.image(part).rgb()[3 * 9]).isEqualTo(rows[3 * (3 * 18 + 3)]);
    }

    enum GreyOrPalette {
        GREY(BufferedImage.TYPE_BYTE_GRAY),
        GREY16(BufferedImage.TYPE_USHORT_GRAY),
        PALETTE(BufferedImage.TYPE_BYTE_INDEXED),
        ALPHA(BufferedImage.TYPE_INT_ARGB),
        BGR(BufferedImage.TYPE_3BYTE_BGR),
        BINARY(BufferedImage.TYPE_BYTE_BINARY);

        private final int type;

        GreyOrPalette(int type) {
            this.type = type;
        }
    }

    @Test
    void manyThreadsGetTheirOwn() throws Exception {
        float[][] expected = expected(Layer.BACKBONE, Length.UNIT);
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try (Encoder encoder = Encoder.load(weights, EncoderOptions.defaults().withBatchSize(5))) {
            List<Future<?>> calls = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                int first = caller;
                calls.add(callers.submit(() -> {
                    for (int i = 0; i < 3 * IMAGES; i++) {
                        int image = (first * 5 + i) % IMAGES;
                        assertSame(encoder.embed(FILES.get(image)), expected[image]);
                    }
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    /** In batches they differ in the last bits, and by who else has asked. */
    @Test
    void inBatchesOfOneManyThreadsGetTheSameBits() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (Encoder encoder = Encoder.load(weights, EncoderOptions.defaults().withBatchSize(1))) {
            float[][] alone = new float[IMAGES][];
            for (int i = 0; i < IMAGES; i++) {
                alone[i] = encoder.embed(FILES.get(i));
            }
            assertSame(alone[7], expected(Layer.BACKBONE, Length.UNIT)[7]);
            List<Future<float[][]>> calls = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                calls.add(callers.submit(() -> encoder.embed(FILES)));
            }
            for (Future<float[][]> call : calls) {
                assertThat(call.get()).isDeepEqualTo(alone);
            }
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> encoder.embed(FILES.get(0))).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            encoder.close();
            assertThatThrownBy(() -> encoder.embed(FILES.get(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("encoder is closed");
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void aClosedEncoderSaysSoAndLeavesNoThread() throws IOException {
        Encoder encoder = Encoder.load(weights);
        assertThat(threads()).contains("encoder");
        encoder.close();
        encoder.close();
        assertThat(threads()).doesNotContain("encoder");
        assertThatThrownBy(() -> encoder.embed(FILES.get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("encoder is closed");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void anInterruptedCallerStaysInterrupted() throws IOException {
        try (Encoder encoder = Encoder.load(weights)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> encoder.embed(Awt.buffered(new Image(1, 1, new byte[3]))))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(encoder.embed(FILES.get(0))).hasSize(64);
        }
    }

    @Test
    void refusesInOneLine() throws IOException {
        assertThatThrownBy(() -> Encoder.load(folder.resolve("nothing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing");
        Path text = Files.writeString(folder.resolve("text"), "no weights");
        assertThatThrownBy(() -> Encoder.load(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text");
        assertThatThrownBy(() -> Encoder.load(weights, EncoderOptions.defaults().withDevice("tpu")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tpu");
        assertThatThrownBy(() -> EncoderOptions.defaults().withBatchSize(0))
                .hasMessage("batch size 0 must be from 1 to 4096");
        assertThatThrownBy(() -> Encoder.cosine(new float[2], new float[3])).hasMessageContaining("2 and 3");
    }

    /** Its embeddings would be no numbers, and its accuracy chance. */
    @Test
    void weightsThatAreNoNumbersAreRefused() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Safetensors.Loaded loaded = Safetensors.read(weights);
            loaded.tensors()
                    .get("layer1.0.conv1.weight")
                    .view(-1)
                    .narrow(0, 3, 1)
                    .fill_(new Scalar(Double.NaN));
            Path spoilt = folder.resolve("spoilt.safetensors");
            Safetensors.write(spoilt, loaded.tensors(), loaded.metadata());
            assertThatThrownBy(() -> Encoder.load(spoilt))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(spoilt + ": layer1.0.conv1.weight holds values that are no finite numbers");
        }
    }

    /** Weights without a recipe are told by their names: torchvision's, and what no encoder has. */
    @Test
    void weightsOfOtherProgramsAreRecognised() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            TrainedEncoder own = TrainedEncoder.read(weights, Devices.parse("cpu"));
            Path plain = folder.resolve("torchvision.pth");
            io.juxta.weights.PyTorchWriter.write(plain, own.state());
            try (Encoder encoder = Encoder.load(plain);
                    Encoder expected = Encoder.load(weights)) {
                assertThat(encoder.imageSize()).describedAs("of a CIFAR stem").isEqualTo(32);
                assertThat(encoder.dimension()).isEqualTo(expected.dimension());
            }
            EncoderOptions head = EncoderOptions.defaults().withLayer(Layer.HEAD);
            try (Encoder encoder = Encoder.load(plain, head)) {
                assertThat(encoder.dimension())
                        .describedAs("of the head that is kept")
                        .isEqualTo(16);
            }
            Path other = folder.resolve("other.pth");
            io.juxta.weights.PyTorchWriter.write(
                    other, java.util.Map.of("a", own.state().get("conv1.weight")));
            assertThatThrownBy(() -> Encoder.load(other))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is nothing that is known here (its names begin with a), not an encoder");
        }
    }
}
