package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.data.DrawnShapes;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Translations judged by the command: shapes that were made dark, and half as bright again. */
@Tag("slow")
class EvaluateTranslationTest {
    private static final int IMAGES = 12;

    @TempDir
    static Path root;

    private static Path target;
    private static Path source;
    private static Path generated;

    @BeforeAll
    static void draw() throws IOException {
        target = draw("bright", IMAGES, 1);
        source = draw("dark", IMAGES, 0.3);
        generated = draw("lit", IMAGES, 0.8);
    }

    /** The same shapes with another brightness. */
    private static Path draw(String name, int count, double brightness) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        DrawnShapes shapes = new DrawnShapes(1, count, 20);
        for (int i = 0; i < count; i++) {
            Files.write(folder.resolve(i + ".png"), Png.encode(dimmed(shapes.image(i), brightness)));
        }
        return folder;
    }

    private static Image dimmed(Image image, double brightness) throws UnreadableImageException {
        byte[] rgb = new byte[image.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) ((image.rgb()[i] & 255) * brightness);
        }
        return new Image(image.width(), image.height(), rgb);
    }

    private static JuxtaProcess.Result judge(Path images, Path domain, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("evaluate", "translation", "--generated=" + images, "--target=" + domain));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    private static JuxtaProcess.Result done(Path images, Path domain, String... more) {
        JuxtaProcess.Result said = judge(images, domain, more);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        return said;
    }

    private static double figure(String out, String name) {
        Matcher matcher =
                Pattern.compile("(?m)" + Pattern.quote(name) + " (-?[\\d.]+)").matcher(out);
        assertThat(matcher.find()).as(name + " in " + out).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void theDistanceIsSaidBeforeAndAfter() {
        String out = done(generated, target, "--source=" + source).out();
        assertThat(out.replaceAll("-?\\d\\.\\d{6}", "K")
                        .replaceAll("\\d+\\.\\d{4}", "F")
                        .replace(root.toString(), "~"))
                .isEqualTo("""
                        target: 12 images of ~/bright, all images at 64 x 64
                        source: 12 images of ~/dark
                        source to target: kid(pixels16) K (12 images of each), frechet(pixels16) F (N 12 and 12, D 768: N not above D, biased upwards)
                        generated: 12 images of ~/lit
                        generated to target: kid(pixels16) K (12 images of each), frechet(pixels16) F (N 12 and 12, D 768: N not above D, biased upwards)
                        """);
        String[] lines = out.split("\n");
        assertThat(figure(lines[4], "kid(pixels16)")).isLessThan(figure(lines[2], "kid(pixels16)"));
        assertThat(figure(lines[4], "frechet(pixels16)")).isLessThan(figure(lines[2], "frechet(pixels16)"));
        assertThat(figure(done(target, target).out(), "frechet(pixels16)")).isZero();
    }

    @Test
    void subsetsAndSizeCanBeChosen() {
        String out = done(generated, target, "--size=16", "--set=kid-subsets=3", "--set=kid-subset-size=5")
                .out();
        assertThat(out).contains(", all images at 16 x 16\n", ", 3 subsets of 5), frechet(pixels16) ");
        assertThat(done(generated, target, "--size=16", "--set=kid-subsets=3", "--set=kid-subset-size=5")
                        .out())
                .isEqualTo(out);
        assertThat(done(generated, target, "--size=16", "--set=kid-subset-size=5", "--set=seed=1")
                        .out())
                .isNotEqualTo(out);
    }

    @Test
    void pairsAreComparedWithTheirTruth() throws IOException {
        Path some = draw("some", IMAGES - 2, 0.8);
        Files.copy(some.resolve("3.png"), some.resolve("other, \"x\".png"));
        Files.copy(target.resolve("4.png"), some.resolve("4.png"), StandardCopyOption.REPLACE_EXISTING);
        Path table = root.resolve("pairs.csv");
        String out = done(some, target, "--pairs", "--out=" + table).out();
        assertThat(out)
                .containsPattern("\npairs: L1 0\\.\\d{4}, PSNR \\d+\\.\\d\\d dB, SSIM 0\\.\\d{4}, the mean of 10 pairs"
                        + " \\(1 the same picture, not in PSNR\\)\n")
                .contains("\n1 generated images without a partner in the target: other, \"x\".png\n")
                .contains("\n2 target images without a partner among the generated: 10.png, 11.png\n")
                .endsWith("\ntable: " + table + "\n");
        List<String> rows = Files.readAllLines(table);
        assertThat(rows).hasSize(11).startsWith("image,l1,psnr,ssim").contains("4.png,0.000000,inf,1.000000");
        double l1 = rows.stream()
                .skip(1)
                .mapToDouble(row -> Double.parseDouble(row.split(",")[1]))
                .average()
                .orElseThrow();
        assertThat(figure(out, "L1")).isBetween(l1 - 1e-4, l1 + 1e-4);
        assertThat(rows.get(1)).matches("0\\.png,0\\.\\d{6},\\d+\\.\\d{4},0\\.\\d{6}");
    }

    @Test
    void anUnreadableImageIsLeftOutAndCounted() throws IOException {
        Path damaged = draw("damaged", IMAGES, 0.8);
        Files.writeString(damaged.resolve("3.png"), "not an image");
        String out = judge(damaged, target, "--pairs").out();
        assertThat(out)
                .contains("\ngenerated: 11 images of " + damaged + " (1 unreadable, left out)\n")
                .contains(", the mean of 11 pairs (1 unreadable, left out)\n");
        assertThat(figure(out, "kid(pixels16)")).isNotNaN();
    }

    @Test
    void anEncodersFeaturesAreNamedAfterItsFile() throws IOException {
        Path data = TinyRun.images(root.resolve("set"), 16);
        Path run = root.resolve("run");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--set=report-every=0", "--run=" + run)
                        .err())
                .isEmpty();
        Path weights = run.resolve("encoder.safetensors");
        String out = done(generated, target, "--source=" + source, "--encoder=" + weights, "--device=cpu")
                .out();
        assertThat(out)
                .contains(", all images at 16 x 16\n")
                .contains("\nsource to target: kid(encoder " + weights + ") ")
                .contains(", D 64: N not above D, biased upwards)\n")
                .doesNotContain("pixels16");
        assertThat(done(generated, target, "--encoder=" + weights, "--size=24").out())
                .contains(", all images at 24 x 24\n");

        String precise = "kid(encoder " + weights + ")";
        String held = "kid(encoder " + weights + ", bfloat16)";
        String shorter = done(
                        generated,
                        target,
                        "--source=" + source,
                        "--encoder=" + weights,
                        "--device=cpu",
                        "--precision=bfloat16")
                .out();
        assertThat(shorter).contains("\nsource to target: " + held + " ");
        double kid = figure(out, precise);
        assertThat(figure(shorter, held)).isCloseTo(kid, within(0.05 * Math.abs(kid)));
        assertThat(judge(generated, target, "--encoder=" + weights, "--device=cpu", "--precision=tf32")
                        .err())
                .isEqualTo("juxta: precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --size=8 | 2 | --size 8 must be at least 16 (the default is 64)
            --out=~/p.csv | 2 | --out ~/p.csv is for the figures of pairs: give --pairs too
            --pairs --out=~/nowhere/p.csv | 1 | cannot write ~/nowhere/p.csv: no such folder
            --pairs --out=~/dark | 1 | ~/dark is a folder: give the name of a file, such as ~/dark/pairs.csv
            --set=kid-subset-size=1 | 2 | --set kid-subset-size=1: kid-subset-size 1 must be at least 2 (the default is 1000)
            --precision=bfloat16 | 2 | precision bfloat16 is of an encoder, and pixels16 needs none: leave it out, or give --encoder
            --source=~/empty | 1 | ~/empty: no image in it or below it (it is empty)
            --source=~/single | 1 | ~/single holds a single image: a distance between sets needs at least 2 in each
            --source=~/nowhere | 1 | ~/nowhere: no such folder
            """)
    void refusesInOneLine(String options, int status, String line) throws IOException {
        Files.createDirectories(root.resolve("empty"));
        draw("single", 1, 1);
        JuxtaProcess.Result refused =
                judge(generated, target, options.replace("~", root.toString()).split(" "));
        assertThat(refused.err()).isEqualTo("juxta: " + line.replace("~", root.toString()) + "\n");
        assertThat(refused.out()).isEmpty();
        assertThat(refused.status()).isEqualTo(status);
    }

    @Test
    void pairsMustFit() throws IOException {
        Path others = Files.createDirectories(root.resolve("others"));
        Path larger = Files.createDirectories(root.resolve("larger"));
        for (int i = 0; i < 2; i++) {
            Files.copy(target.resolve(i + ".png"), others.resolve("x" + i + ".png"));
            Files.write(larger.resolve(i + ".png"), Png.encode(new DrawnShapes(1, 2, 24).image(i)));
        }
        assertThat(judge(others, target, "--pairs").err())
                .isEqualTo("juxta: none of the 2 generated images has the name of one of the 12 of the target (the"
                        + " first are x0.png and 0.png): name them alike, whatever the ending\n");
        JuxtaProcess.Result refused = judge(larger, target, "--pairs");
        assertThat(refused.err())
                .isEqualTo("juxta: the pair 0.png: 24 x 24 pixels cannot be compared with 20 x 20: bring both to one"
                        + " size\n");
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    }
}
