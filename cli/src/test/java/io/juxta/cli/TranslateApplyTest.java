package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.weights.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code translate apply} by a generator that a tiny run has trained. */
@Tag("slow")
class TranslateApplyTest {
    @TempDir
    static Path root;

    static Path weights;

    @BeforeAll
    static void train() throws IOException {
        Path run = root.resolve("run");
        Path recipe = TranslateTrainTest.recipe(root);
        Path data = TranslateTrainTest.domains(root.resolve("set"));
        JuxtaProcess.Result result = TinyRun.call(
                "translate", "train", recipe.toString(), "--quiet", "--set=epochs=1", "--data=" + data, "--run=" + run);
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        weights = run.resolve("generator.safetensors");
    }

    private static JuxtaProcess.Result apply(Path input, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("translate", "apply", weights.toString(), "--quiet"));
        arguments.addAll(List.of("--input=" + input, "--output=" + output, "--device=cpu"));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    private static Path image(Path file, int width, int height) throws IOException {
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.createGraphics().fillRect(1, 2, width / 2, height / 2);
        String name = file.toString();
        ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
        return file;
    }

    @Test
    void thePrecisionIsSaidOrRefused() throws IOException {
        Path input = root.resolve("short");
        image(input.resolve("one.png"), 21, 18);
        JuxtaProcess.Result result = apply(input, root.resolve("shorter"), "--precision=bfloat16");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).endsWith("images/s, bfloat16\n");
        assertThat(apply(input, root.resolve("none"), "--precision=float16").err())
                .startsWith("juxta: precision float16 needs a GPU")
                .hasLineCount(1);
    }

    @Test
    void namesFoldersSizesAndFormatsStay() throws IOException {
        Path input = root.resolve("input");
        image(input.resolve("one.png"), 21, 18);
        image(input.resolve("deep/two.jpg"), 32, 16);
        image(input.resolve("three.bmp"), 16, 17);
        Path output = root.resolve("output");
        JuxtaProcess.Result result = apply(input, output);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("3 of 3 images translated into " + output + " (1 of formats");
        assertThat(TinyRun.below(output)).containsExactlyInAnyOrder("", "one.png", "deep", "deep/two.jpg", "three.png");
        assertSize(output.resolve("one.png"), 21, 18);
        assertSize(output.resolve("deep/two.jpg"), 32, 16);
        assertSize(output.resolve("three.png"), 16, 17);
    }

    @Test
    void aGalleryShowsImagesBesideTheirTranslations() throws IOException {
        Path input = root.resolve("shown");
        image(input.resolve("a&b <c>.png"), 21, 18);
        image(input.resolve("deep/two.jpg"), 32, 16);
        Files.writeString(input.resolve("broken.png"), "nothing");
        Path page = root.resolve("page/translations.html");
        Files.createDirectories(page.getParent());
        JuxtaProcess.Result result = apply(input, root.resolve("shown-out"), "--gallery=" + page);
        assertThat(result.out()).contains("gallery: " + page + "\n");
        String html = Files.readString(page);
        assertThat(html)
                .contains("<h2>a&amp;b &lt;c&gt;.png</h2>", "<h2>deep/two.jpg</h2>", "default-src 'none'")
                .doesNotContain("<c>", "http://", "https://", "broken.png");
        assertThat(html.split("data:image/jpeg;base64,", -1)).hasSize(1 + 4);
        JuxtaProcess.Result nowhere =
                apply(input, root.resolve("shown-out-2"), "--gallery=" + root.resolve("no/x.html"));
        assertThat(nowhere.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(nowhere.err()).contains("no such folder").hasLineCount(1);
        assertThat(TinyRun.below(root.resolve("shown-out-2"))).containsExactly("");
    }

    private static void assertSize(Path file, int width, int height) throws IOException {
        Image image = Decoder.read(file);
        assertThat(List.of(image.width(), image.height())).containsExactly(width, height);
    }

    @Test
    void transparencyIsKeptAndItsLossSaid() throws IOException {
        BufferedImage logo = new BufferedImage(18, 16, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 18 * 16; i++) {
            logo.setRGB(i % 18, i / 18, i % 256 << 24 | 0x405060);
        }
        Path input = root.resolve("logos/logo.png");
        Files.createDirectories(input.getParent());
        ImageIO.write(logo, "png", input.toFile());
        Path output = root.resolve("logos-out");
        JuxtaProcess.Result result = apply(input, output);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("of 1 image: transparency kept");
        BufferedImage translated = ImageIO.read(output.resolve("logo.png").toFile());
        for (int i = 0; i < 18 * 16; i++) {
            assertThat(translated.getRGB(i % 18, i / 18) >>> 24).isEqualTo(i % 256);
        }
        assertThat(apply(input, root.resolve("logos-jpeg"), "--format=jpeg").out())
                .contains("of 1 image: transparency dropped: JPEG has none, --format png keeps it");
    }

    /** Best and last checkpoints hold the generator too. */
    @Test
    void aCheckpointTranslatesAsItsRunDoes() throws IOException {
        Path input = image(root.resolve("single/picture.png"), 24, 24);
        assertThat(apply(input, root.resolve("by-run")).status()).isEqualTo(ExitStatus.DONE);
        JuxtaProcess.Result result = TinyRun.call(
                "translate",
                "apply",
                weights.resolveSibling("checkpoints/last.safetensors").toString(),
                "--quiet",
                "--input=" + input,
                "--output=" + root.resolve("by-checkpoint"));
        assertThat(result.err()).isEmpty();
        assertThat(root.resolve("by-checkpoint/picture.png"))
                .hasSameBinaryContentAs(root.resolve("by-run/picture.png"));
    }

    @Test
    void whatFailsIsNamedAndDoesNotStopTheOthers() throws IOException {
        Path input = root.resolve("mixed");
        image(input.resolve("good.png"), 16, 16);
        image(input.resolve("tiny.png"), 16, 3);
        Files.writeString(input.resolve("text.jpg"), "no image");
        Path output = root.resolve("mixed-out");
        JuxtaProcess.Result result = apply(input, output);
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.out()).contains("1 of 3 images translated");
        assertThat(result.err()).hasLineCount(2).contains("tiny.png", "16 x 3", "text.jpg");
        assertThat(TinyRun.below(output)).containsExactlyInAnyOrder("", "good.png");

        JuxtaProcess.Result again = apply(input.resolve("good.png"), output);
        assertThat(again.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(again.err()).contains("good.png is there already: give --overwrite");
        assertThat(apply(input.resolve("good.png"), output, "--overwrite").status())
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void anotherFormatIsThatOfAll() throws IOException {
        Path input = root.resolve("formats");
        image(input.resolve("one.png"), 16, 16);
        image(input.resolve("two.JPEG"), 16, 16);
        image(input.resolve("three.gif"), 16, 16);
        assertThat(apply(input, root.resolve("jpegs"), "--format=jpeg", "--quality=60")
                        .err())
                .isEmpty();
        assertThat(TinyRun.below(root.resolve("jpegs")))
                .containsExactlyInAnyOrder("", "one.jpg", "two.JPEG", "three.jpg");
        assertThat(apply(input, root.resolve("pngs"), "--format=png").out()).doesNotContain("became");
        assertThat(TinyRun.below(root.resolve("pngs")))
                .containsExactlyInAnyOrder("", "one.png", "two.png", "three.png");
    }

    @Test
    void twoImagesOfOneNameAndAnImageOfItsOwnNameAreRefused() throws IOException {
        Path input = root.resolve("names");
        image(input.resolve("same.bmp"), 16, 16);
        image(input.resolve("same.png"), 16, 16);
        JuxtaProcess.Result result = apply(input, root.resolve("names-out"), "--overwrite");
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).hasLineCount(1).contains("same.png is already the translation of another image");

        byte[] before = Files.readAllBytes(input.resolve("same.png"));
        JuxtaProcess.Result own = apply(input.resolve("same.png"), input, "--overwrite");
        assertThat(own.err()).hasLineCount(1).contains("would take its own place");
        assertThat(input.resolve("same.png")).hasBinaryContent(before);
    }

    @Test
    void aLargeImageIsTheSameInStrips() throws IOException {
        Path input = image(root.resolve("large/wide.png"), 700, 521);
        assertThat(apply(input, root.resolve("whole-out")).err()).isEmpty();
        assertThat(apply(input, root.resolve("strips-out"), "--memory=16MiB").err())
                .isEmpty();
        byte[] whole = Decoder.read(root.resolve("whole-out/wide.png")).rgb();
        byte[] strips = Decoder.read(root.resolve("strips-out/wide.png")).rgb();
        assertThat(strips).hasSameSizeAs(whole);
        for (int i = 0; i < whole.length; i++) {
            assertThat(Math.abs((whole[i] & 255) - (strips[i] & 255))).isLessThanOrEqualTo(1);
        }
    }

    /** Between two images: what is done is whole, and said. */
    @Test
    void anInterruptionEndsItInGoodOrder() throws IOException, InterruptedException {
        Path input = root.resolve("many");
        int count = 40;
        for (int i = 0; i < count; i++) {
            image(input.resolve(100 + i + ".png"), 500, 400);
        }
        Path output = root.resolve("many-out");
        Path out = root.resolve("interrupted.txt");
        Process process = JuxtaProcess.builder(
                        Main.class, "translate", "apply", weights.toString(), "--input=" + input, "--output=" + output)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (!Files.exists(output.resolve("100.png")) && process.isAlive()) {
                Thread.sleep(20);
            }
            process.destroy();
            assertThat(process.waitFor()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
        long done = TinyRun.below(output).stream()
                .filter(name -> name.endsWith(".png"))
                .count();
        assertThat(done).isBetween(1L, count - 1L);
        assertThat(out).content().contains(done + " of " + count + " images translated");
        assertThat(TinyRun.below(output)).hasSize((int) done + 1);
    }

    /** A phone held upright writes its picture lying, and says so. */
    @Test
    void orientationIsHonoured() throws IOException {
        Path lying = image(root.resolve("phone/lying.jpg"), 32, 16);
        byte[] exif = HexFormat.of()
                .parseHex(
                        "ffe10022457869660000" + "4d4d002a00000008" + "0001" + "011200030000000100060000" + "00000000");
        byte[] jpeg = Files.readAllBytes(lying);
        byte[] turned = new byte[jpeg.length + exif.length];
        System.arraycopy(jpeg, 0, turned, 0, 2);
        System.arraycopy(exif, 0, turned, 2, exif.length);
        System.arraycopy(jpeg, 2, turned, 2 + exif.length, jpeg.length - 2);
        Files.write(lying, turned);
        assertThat(apply(lying, root.resolve("upright")).err()).isEmpty();
        assertSize(root.resolve("upright/lying.jpg"), 16, 32);
    }

    /** The picture in/in/a.png would be translated into in/a.png, which is an original; and whatever leads there. */
    @Test
    void noOriginalIsWrittenOver() throws IOException {
        Path above = root.resolve("above");
        Path input = above.resolve("in");
        byte[] a = Files.readAllBytes(image(input.resolve("a.png"), 16, 16));
        byte[] deep = Files.readAllBytes(image(input.resolve("in/a.png"), 24, 24));
        assertRefused(apply(input, above, "--overwrite"), "lies in the input " + input);
        Path link = root.resolve("leads-there");
        try {
            Files.createSymbolicLink(link, input);
            assertRefused(apply(input, link, "--overwrite"), "lies in the input " + input);
            assertRefused(apply(input, link.resolve("new")), "lies in the input " + input);
        } catch (UnsupportedOperationException e) {
            assertThat(link).doesNotExist();
        }
        assertThat(input.resolve("a.png")).hasBinaryContent(a);
        assertThat(input.resolve("in/a.png")).hasBinaryContent(deep);
        assertThat(TinyRun.below(above)).containsExactlyInAnyOrder("", "in", "in/a.png", "in/in", "in/in/a.png");
    }

    @Test
    void refusesInOneLine() throws IOException {
        Path input = root.resolve("refused");
        image(input.resolve("good.png"), 16, 16);
        assertRefused(apply(input, input.resolve("out")), "results would be taken for images");
        assertRefused(apply(root.resolve("nowhere"), root.resolve("o")), "nowhere does not exist");
        assertRefused(apply(input, root.resolve("o"), "--quality=0"), "--quality 0 must be from 1 to 100");
        assertRefused(apply(input, root.resolve("o"), "--memory=1KiB"), "'1KiB' is no size: write 512MiB or 2GiB");
        assertRefused(apply(input, root.resolve("o"), "--memory=1MiB"), "--memory must be at least 16MiB");
        Path file = Files.writeString(root.resolve("file"), "");
        assertRefused(apply(input, file), "file");
        Path other = root.resolve("set/trainA/100.png");
        JuxtaProcess.Result wrong = TinyRun.call(
                "translate", "apply", other.toString(), "--input=" + input, "--output=" + root.resolve("o"));
        assertRefused(wrong, "100.png");
        Path encoder = root.resolve("encoder.safetensors");
        Safetensors.write(encoder, Map.of(), Map.of("recipe", "method: moco\n"));
        JuxtaProcess.Result ofAnother = TinyRun.call(
                "translate", "apply", encoder.toString(), "--input=" + input, "--output=" + root.resolve("o"));
        assertRefused(ofAnother, "encoder.safetensors: was trained by moco, which does not translate");
    }

    private static void assertRefused(JuxtaProcess.Result result, String message) {
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }
}
