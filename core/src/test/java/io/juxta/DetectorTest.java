package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.detect.TrainedDetector;
import io.juxta.image.Awt;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.image.Resizer;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DetectorTest {
    private static final int IMAGES = 12;

    @TempDir
    static Path folder;

    private static Path weights = Path.of("");
    private static final List<Path> FILES = new ArrayList<>();
    private static final List<List<DetectedObject>> EXPECTED = new ArrayList<>();
    private static final DetectionOptions ALL = DetectionOptions.defaults().withLeastScore(0);

    /** What is expected is the slow obvious way: one picture after another. */
    @BeforeAll
    static void write() throws IOException {
        weights = TinyDetectorFile.write(folder.resolve("detector.safetensors"));
        Random random = new Random(3);
        Resizer resizer = new Resizer();
        TrainedDetector trained = TrainedDetector.read(weights, Devices.parse("cpu"));
        for (int i = 0; i < IMAGES; i++) {
            // half of them have one size
            int width = i % 2 == 0 ? 60 : 50 + 3 * i;
            byte[] rgb = new byte[3 * width * 40];
            random.nextBytes(rgb);
            FILES.add(Files.write(folder.resolve(i + ".png"), Png.encode(new Image(width, 40, rgb))));
            var found = trained.detect(Decoder.read(FILES.get(i)), resizer);
            assertThat(found.size()).isPositive();
            EXPECTED.add(IntStream.range(0, found.size())
                    .mapToObj(k -> new DetectedObject(
                            trained.classes().get(found.classes()[k]),
                            found.scores()[k],
                            found.boxes().x1(k),
                            found.boxes().y1(k),
                            found.boxes().x2(k),
                            found.boxes().y2(k)))
                    .toList());
        }
        trained.network().close();
    }

    /** Another batch rounds otherwise: the same object for each, and as sure. */
    private static void assertSame(List<DetectedObject> found, List<DetectedObject> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (DetectedObject object : found) {
            assertThat(expected).anySatisfy(other -> {
                assertThat(object.name()).isEqualTo(other.name());
                assertThat(object.score()).isCloseTo(other.score(), within(1e-5));
                assertThat(object.overlap(other)).isGreaterThan(0.999);
            });
        }
    }

    @Test
    void aBatchFindsWhatSinglePicturesHold() throws IOException {
        try (Detector detector = Detector.load(folder, ALL)) {
            assertThat(detector.classes()).containsExactly("apple", "banana");
            List<List<DetectedObject>> found = detector.detect(FILES);
            for (int i = 0; i < IMAGES; i++) {
                assertSame(found.get(i), EXPECTED.get(i));
                assertThat(found.get(i)).allSatisfy(object -> {
                    assertThat(object.x1()).isGreaterThanOrEqualTo(0).isLessThan(object.x2());
                    assertThat(object.y2()).isLessThanOrEqualTo(40).isGreaterThan(object.y1());
                });
            }
        }
        double median = EXPECTED.get(0).get(EXPECTED.get(0).size() / 2).score();
        try (Detector detector = Detector.load(weights, ALL.withLeastScore(median))) {
            List<DetectedObject> sure = detector.detect(FILES.get(0));
            assertThat(sure)
                    .isNotEmpty()
                    .hasSizeLessThan(EXPECTED.get(0).size())
                    .allMatch(object -> object.score() >= median);
            byte[] bytes = Files.readAllBytes(FILES.get(0));
            assertThat(detector.detect(bytes)).isEqualTo(sure);
            assertThat(detector.detect(bytes, median)).isEqualTo(sure);
            assertSame(detector.detect(bytes, 0), EXPECTED.get(0));
            assertThat(detector.detect(bytes, 0.999)).isEmpty();
            assertThatThrownBy(() -> detector.detect(bytes, Double.NaN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("least score NaN must be at least 0 and below 1");
        }
    }

    @Test
    void anImageMayComeInEveryShape() throws IOException {
        byte[] bytes = Files.readAllBytes(FILES.get(5));
        BufferedImage picture = Awt.buffered(Decoder.read(FILES.get(5)));
        try (Detector detector = Detector.load(weights, ALL)) {
            assertSame(detector.detect(FILES.get(5)), EXPECTED.get(5));
            assertSame(detector.detect(bytes), EXPECTED.get(5));
            assertSame(detector.detect(picture), EXPECTED.get(5));
            detector.detect(List.of(picture, bytes, FILES.get(5))).forEach(each -> assertSame(each, EXPECTED.get(5)));
            assertThat(detector.detect(List.of())).isEmpty();
            assertThatThrownBy(() -> detector.detect(List.of(picture, "a.png")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image 1 is a java.lang.String: give a BufferedImage, a Path or a byte[]");
            assertThatThrownBy(() -> detector.detect(new byte[] {1, 2, 3}))
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessageStartingWith("image: ");
            assertSame(detector.detect(FILES.get(5)), EXPECTED.get(5));
        }
    }

    /** One that is a line, one that is a point: nothing overflows, and boxes lie within. */
    @Test
    void picturesOfAnyShapeAreLookedAt() throws IOException {
        try (Detector detector = Detector.load(weights, ALL)) {
            for (int[] size : new int[][] {{1, 5000}, {5000, 1}, {1, 1}, {3000, 2000}}) {
                Image image = new Image(size[0], size[1], new byte[3 * size[0] * size[1]]);
                assertThat(detector.detect(Awt.buffered(image)))
                        .allMatch(object -> object.x1() >= 0 && object.y1() >= 0)
                        .allMatch(object -> object.x2() <= size[0] && object.y2() <= size[1]);
            }
        }
    }

    @Test
    void manyThreadsGetTheirOwn() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(6);
        try (Detector detector = Detector.load(weights, ALL.withBatchSize(5))) {
            List<Future<?>> calls = new ArrayList<>();
            for (int caller = 0; caller < 6; caller++) {
                int first = caller;
                calls.add(callers.submit(() -> {
                    for (int i = 0; i < IMAGES; i++) {
                        int image = (first * 5 + i) % IMAGES;
                        assertSame(detector.detect(FILES.get(image)), EXPECTED.get(image));
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

    @Test
    void bfloat16FindsNearlyTheSame() throws IOException {
        try (Detector detector = Detector.load(weights, ALL.withPrecision(Precision.BFLOAT16))) {
            List<DetectedObject> found = detector.detect(FILES.get(0));
            assertThat(found).isNotEqualTo(EXPECTED.get(0));
            assertThat(found.get(0).score()).isCloseTo(EXPECTED.get(0).get(0).score(), within(0.02));
        }
        assertThatThrownBy(() -> Detector.load(weights, ALL.withDevice("cpu").withPrecision(Precision.FLOAT16)))
                .hasMessageContaining("float16 needs a GPU");
    }

    @Test
    void aClosedDetectorSaysSoAndLeavesNoThread() throws IOException {
        Detector detector = Detector.load(weights);
        assertThat(threads()).contains("detector");
        detector.close();
        detector.close();
        assertThat(threads()).doesNotContain("detector");
        assertThatThrownBy(() -> detector.detect(FILES.get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("detector is closed");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void anInterruptedCallerStaysInterrupted() throws IOException {
        try (Detector detector = Detector.load(weights, ALL)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> detector.detect(Awt.buffered(new Image(40, 40, new byte[4800]))))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertSame(detector.detect(FILES.get(0)), EXPECTED.get(0));
        }
    }

    @Test
    void refusesInOneLine() throws IOException {
        assertThatThrownBy(() -> Detector.load(folder.resolve("nothing")))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("nothing") + ": no such file");
        Path encoder = TinyEncoderFile.write(folder.resolve("encoder.safetensors"));
        assertThatThrownBy(() -> Detector.load(encoder))
                .isInstanceOf(IOException.class)
                .hasMessage(encoder + " is no detector: give a run of juxta detect train, or its detector.safetensors");
        assertThatThrownBy(() -> ALL.withLeastScore(1)).hasMessage("least score 1.0 must be at least 0 and below 1");
        assertThatThrownBy(() -> ALL.withBatchSize(0)).hasMessage("batch size 0 must be from 1 to 256");
    }
}
