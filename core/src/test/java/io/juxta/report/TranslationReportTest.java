package io.juxta.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.data.DrawnShapes;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.image.Preprocess;
import io.juxta.image.ViewShape;
import io.juxta.report.drawing.HeatMap;
import io.juxta.report.drawing.Planes;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.translation.ShownImages;
import io.juxta.report.translation.TranslationFolder;
import io.juxta.torch.Layers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report of a run whose generator makes negatives: what is measured, kept, shown and refused. */
@Tag("slow")
class TranslationReportTest {
    private static final int SIDE = 32;
    private static final Augmentation VIEW = Augmentation.plain(SIDE, Normalization.HALF);
    private static final Augmentation GREY = Preprocess.of("resize")
            .withLoadSize(SIDE)
            .withCropSize(SIDE)
            .withFlip(0)
            .withChannels(1)
            .augmentation();
    private static final DrawnShapes SOURCES = new DrawnShapes(1, 40, SIDE);
    private static final DrawnShapes TARGETS = new DrawnShapes(2, 4, SIDE);

    /** Maps of 2 x 4 places: the first point's is best found, the second's is third, the third's is last. */
    private static final float[] COSINES = {
        0, 0, 0, 0, 0, 0, 1, 0, /* */ .7f, .5f, .6f, 0, 0, 0, 0, 0, /* */ .5f, .5f, .5f, .5f, .5f, .5f, .5f, -1
    };

    @TempDir
    Path run;

    @BeforeEach
    void make() throws IOException {
        Files.writeString(run.resolve("recipe.yaml"), """
                method: cut
                netG: resnet-6blocks
                lambda-nce: 2
                num-patches: 64
                crop-size: 32
                epochs: 2
                """);
        Files.writeString(run.resolve("metrics.csv"), """
                epoch,loss,g_gan,d_real,d_fake,nce,nce_idt,kid,change,diversity
                0,,,,,,,0.2,,
                1,9,1,0.2,0.2,8,7,0.1,0.3,1
                """);
    }

    /** Runs two epochs; returns what was measured in the last. */
    private Map<String, Double> train(UnaryOperator<Tensor> translation, Augmentation targets) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            LinearImpl network = Layers.linear(1, 1);
            UnaryOperator<Tensor> judged = x -> {
                assertThat(network.is_training()).isFalse();
                return translation.apply(x);
            };
            try (TranslationSnapshots snapshots = TranslationSnapshots.begin(
                    run,
                    new TranslationSnapshots.Translator(
                            network, judged, (source, made, points) -> Tensor.create(COSINES, 3, 2, 4)),
                    new TranslationSnapshots.Subject(SOURCES, TARGETS, VIEW, targets, 2, new Snapshots.Options(1)),
                    0,
                    new Origin("./juxta translate train x", "juxta 1", "Linux", "2026-11-22T00:00:00Z"),
                    () -> true)) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    metrics.clear();
                    snapshots.figures().epoch(epoch, metrics);
                    snapshots.epoch(epoch, metrics);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            assertThat(network.is_training()).isTrue();
        }
        return metrics;
    }

    private JsonNode data() throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(Files.readString(Report.write(run)));
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }

    @Test
    void thePageIsToldAllThatTheFolderHolds() throws IOException {
        train(Tensor::neg, VIEW);
        JsonNode data = data();
        assertThat(data.path("translates").asBoolean()).isTrue();
        assertThat(data.path("arch").asText()).isEqualTo("resnet-6blocks");
        JsonNode translations = data.path("translations");
        assertThat(translations.path("sources").size()).isEqualTo(6);
        assertThat(translations.path("targets").size()).isEqualTo(4);
        assertThat(translations.path("rows").asInt())
                .as("nine maps in rows of six")
                .isEqualTo(5);
        assertThat(translations.path("brighter").asInt()).isEqualTo(2);
        assertThat(translations.path("epochs").findValuesAsText("epoch")).containsExactly("0", "1", "2");
        JsonNode found = translations.path("epochs").get(2).path("found");
        assertThat(found.size()).isEqualTo(9);
        assertThat(found.findValuesAsText("rank")).containsExactly("1", "3", "8", "1", "3", "8", "1", "3", "8");
        assertThat(found.get(0).path("cosine").asDouble()).isEqualTo(1);
        assertThat(found.get(0).path("places").asInt()).isEqualTo(8);
        assertThat(data.path("charts").findValuesAsText("title"))
                .containsExactly(
                        "Loss",
                        "KID",
                        "Change",
                        "Diversity",
                        "PatchNCE",
                        "Generator against discriminator",
                        "Discriminator");
        JsonNode nce = data.path("charts").get(4);
        assertThat(nce.path("columns").size()).isEqualTo(2);
        assertThat(nce.path("reference").path("value").asDouble()).isEqualTo(2 * Math.log(64));
        assertThat(data.path("figures").path("loss").path("meaning").asText()).contains("generator");
        String page = Files.readString(Report.file(run));
        assertThat(page).contains(".domains{", ".translated-0{", ".translated-1{", ".translated-2{");
    }

    @Test
    void theSheetShowsWhatTheGeneratorMade() throws IOException {
        train(Tensor::neg, VIEW);
        BufferedImage originals = sheet("domains.jpg");
        BufferedImage made = sheet("translated-2.jpg");
        assertThat(originals.getWidth()).isEqualTo(6 * SIDE);
        assertThat(originals.getHeight()).isEqualTo(2 * SIDE);
        assertThat(made.getHeight()).isEqualTo(5 * SIDE);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < 6 * SIDE; x++) {
                int green = originals.getRGB(x, y) >> 8 & 255;
                assertThat(made.getRGB(x, y) >> 8 & 255).as(x + ", " + y).isCloseTo(255 - green, within(60));
            }
        }
        train(x -> x, VIEW);
        BufferedImage same = sheet("translated-2.jpg");
        for (int x = 0; x < 6 * SIDE; x++) {
            assertThat(same.getRGB(x, SIDE + SIDE / 2) & 0xffffff)
                    .as("nothing has changed")
                    .isZero();
        }
    }

    private BufferedImage sheet(String name) throws IOException {
        return ImageIO.read(run.resolve("snapshots").resolve(name).toFile());
    }

    @Test
    void changeAndDiversityAreMeasured() {
        assertThat(train(x -> x, VIEW)).isEqualTo(Map.of("change", 0.0, "diversity", 1.0));
        assertThat(train(x -> x.mul(new Scalar(0.5)), VIEW).get("diversity")).isCloseTo(0.5, within(1e-6));
        assertThat(train(torch::zeros_like, VIEW).get("diversity")).isZero();
        Map<String, Double> black = train(x -> torch.ones_like(x).neg(), VIEW);
        Map<String, Double> beyond = train(x -> torch.ones_like(x).mul(new Scalar(-3.0)), VIEW);
        assertThat(beyond).as("what lies beyond black is black").isEqualTo(black);
        assertThat(train(x -> x.narrow(1, 0, 1), VIEW))
                .as("images of other channels are not compared with their sources")
                .containsOnlyKeys("diversity");
        assertThat(train(x -> x.mul(new Scalar(Double.NaN)), VIEW)).isEmpty();
    }

    @Test
    void figuresAreThoseOfTheDefinition() {
        ViewShape dot = new ViewShape(1, 1, 2);
        List<Planes> sources = List.of(new Planes(dot, new float[] {0, 0}), new Planes(dot, new float[] {1, 0}));
        List<Planes> made = List.of(new Planes(dot, new float[] {1, 0}), new Planes(dot, new float[] {1, -1}));
        assertThat(TranslationSnapshots.figures(sources, made)).isEqualTo(Map.of("change", 0.25, "diversity", 1.0));
        assertThat(TranslationSnapshots.figures(sources.subList(0, 1), made.subList(0, 1)))
                .as("one image has nobody to differ from")
                .isEqualTo(Map.of("change", 0.25));
    }

    @Test
    void targetsOfOtherChannelsAreNotShown() throws IOException {
        train(Tensor::neg, GREY);
        assertThat(data().path("translations").path("targets").size()).isZero();
        assertThat(data().path("translations").path("epochs").size()).isEqualTo(3);
    }

    @Test
    void aGeneratorThatHasComeApartHasNoPictures() throws IOException {
        train(x -> x.mul(new Scalar(Double.NaN)), VIEW);
        assertThat(data().path("translations").path("epochs").size()).isZero();
    }

    @Test
    void imagesAreEvenlySpreadAndFew() {
        ShownImages shown = ShownImages.of(SOURCES, VIEW, 6);
        assertThat(shown.names())
                .containsExactlyElementsOf(IntStream.of(0, 6, 13, 20, 26, 33)
                        .mapToObj(SOURCES::name)
                        .toList());
        assertThat(ShownImages.of(TARGETS, VIEW, 6).names()).hasSize(4);
    }

    @Test
    void aCosineIsShownByItsLight() {
        byte[] rgb = new HeatMap(3, 1, new float[] {-1, 0.5f, 1}).image().rgb();
        int[] light = {rgb[0] & 255, rgb[3] & 255, rgb[6] & 255};
        assertThat(light).isEqualTo(new int[] {0, 188, 252});
        assertThat(Arrays.copyOfRange(rgb, 6, 9)).isEqualTo(new byte[] {(byte) 252, (byte) 255, (byte) 164});
    }

    @Test
    void aResumedRunForgetsWhatComesAgain() throws IOException {
        train(Tensor::neg, VIEW);
        TranslationFolder folder = new TranslationFolder(run);
        folder.forgetAfter(1);
        assertThat(run.resolve("snapshots/translated-2.jpg")).doesNotExist();
        assertThat(data().path("translations").path("epochs").size()).isEqualTo(2);
        folder.delete();
        assertThat(run.resolve("snapshots")).doesNotExist();
        assertThat(data().has("translations")).isFalse();
        assertThat(data().path("translates").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            domains.json      | null                                   | domains.json is damaged
            domains.json      | {"sources":[]}                         | domains.json is damaged
            domains.jpg       | GIF89a                                 | it is no JPEG file
            translated-1.json | {}                                     | translated-1.json is damaged
            translated-1.json | {"sample":"@","epoch":2,"found":[]}    | it has 0 patches, the sample 9
            translated-1.jpg  |                                        | it is missing
            """)
    void aDamagedFolderIsOneLine(String file, String text, String expected) throws IOException {
        train(Tensor::neg, VIEW);
        Path path = run.resolve("snapshots").resolve(file);
        if (text == null) {
            Files.delete(path);
        } else {
            String sample = new TranslationFolder(run)
                    .translations()
                    .orElseThrow()
                    .sample()
                    .fingerprint();
            Files.writeString(path, text.replace("@", sample));
        }
        assertThatThrownBy(() -> Report.write(run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(expected)
                .message()
                .hasLineCount(1);
    }
}
