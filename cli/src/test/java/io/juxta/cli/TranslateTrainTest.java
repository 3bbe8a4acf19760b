package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Translating;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code translate train} on drawn domains: dark squares on red, and on blue. */
@Tag("slow")
class TranslateTrainTest {
    private static final int SIDE = 20;
    private static final int STEPS = 6;

    @TempDir
    static Path root;

    static Path recipe;
    static Path data;
    /** A run of two epochs that nothing disturbed. */
    static Path whole;

    static JuxtaProcess.Result wholeSaid;

    @BeforeAll
    static void draw() throws IOException {
        recipe = recipe(root);
        data = domains(root.resolve("set"));
        whole = root.resolve("whole");
        wholeSaid = train(whole);
        assertThat(wholeSaid.err()).isEmpty();
        assertThat(wholeSaid.status()).isEqualTo(ExitStatus.DONE);
    }

    static Path recipe(Path folder) throws IOException {
        return Files.writeString(folder.resolve("cut.yaml"), """
                method: cut
                netG: resnet-6blocks
                ngf: 2
                netD: n-layers
                n-layers-D: 1
                ndf: 2
                netF-nc: 4
                nce-layers: [0, 4, 8]
                num-patches: 6
                load-size: 18
                crop-size: 16
                epochs: 2
                decay-epochs: 1
                batch-size: 1
                device: cpu
                threads: 1
                loader-threads: 1
                """);
    }

    static Path domains(Path folder) throws IOException {
        images(folder.resolve("trainA"), STEPS, 0xc02020);
        images(folder.resolve("trainB"), STEPS - 2, 0x2020c0);
        images(folder.resolve("testA"), 3, 0xc02020);
        images(folder.resolve("testB"), 3, 0x2020c0);
        return folder;
    }

    private static void images(Path folder, int count, int colour) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean square = Math.max(Math.abs(x - 8 - i % 3), Math.abs(y - 6 - i % 5)) < 3 + i % 4;
                    image.setRGB(x, y, square ? 0x101010 : colour + 0x010101 * (x + i) % 0x20);
                }
            }
            ImageIO.write(image, "png", folder.resolve(100 + i + ".png").toFile());
        }
    }

    private static JuxtaProcess.Result train(Path run, String... more) {
        List<String> arguments = new ArrayList<>(List.of("translate", "train", recipe.toString(), "--quiet"));
        arguments.addAll(List.of("--data=" + data, "--run=" + run));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    @Test
    void saysHowItGoes() throws IOException {
        assertThat(wholeSaid.out())
                .contains("A: 6 images of trainA, B: 4 of trainB")
                .containsPattern("untranslated, by 16 x 16 pixels: KID -?\\d+\\.\\d+, Fréchet distance \\d+")
                .containsPattern("epoch 2/2: loss \\d.*, g_gan .*, d_real .*, nce_idt .*, lr 0\\.0001000.*, KID -?\\d")
                .containsPattern("KID last -?\\d\\S+, best -?\\d\\S+ \\(epoch [12]\\)")
                .contains("generator: " + whole.resolve("generator.safetensors"));
        assertThat(TinyRun.below(whole))
                .contains(
                        "checkpoints/best.safetensors",
                        "checkpoints/last.safetensors",
                        "events.jsonl",
                        "generator.safetensors",
                        "metrics.csv",
                        "recipe.yaml",
                        "report.html",
                        "snapshots/translated-0.jpg",
                        "snapshots/translated-2.jpg")
                .doesNotContain("encoder.safetensors");
        assertThat(TinyRuns.rows(whole)).hasSize(1 + 3);
        assertThat(Files.readString(whole.resolve("events.jsonl")))
                .contains("too early to tell: 12 of 200 steps", "\"change\":", "\"diversity\":");
    }

    /** Stopped after any step and resumed, by its own recipe, a run comes to the same bits. */
    @Test
    void aResumedRunEndsAsIfNothingHadBeen() throws IOException {
        for (int steps : new int[] {1, STEPS - 1, STEPS, STEPS + 2}) {
            Path run = root.resolve("stopped-" + steps);
            AtomicInteger asked = new AtomicInteger();
            // asked before and after each step: as often as the loop looks whether to go on
            BooleanSupplier stop = () -> asked.incrementAndGet() > steps;
            assertThat(TinyRuns.finished(Translating.by(Recipe.read(recipe))
                            .on(data)
                            .into(run)
                            .stopWhen(stop)
                            .start()))
                    .isFalse();
            JuxtaProcess.Result resumed =
                    TinyRun.call("translate", "train", "--quiet", "--resume", "--run=" + run, "--data=" + data);
            assertThat(resumed.err()).isEmpty();
            assertThat(resumed.out()).contains("resumed after ");
            assertSame(run, whole);
        }
    }

    static void assertSame(Path run, Path whole) throws IOException {
        assertThat(run.resolve("generator.safetensors")).hasSameBinaryContentAs(whole.resolve("generator.safetensors"));
        assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
        assertThat(TinyRuns.rows(run)).isEqualTo(TinyRuns.rows(whole));
    }

    /** Blank-separated, each with {@code --set}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gan-mode=wgangp",
                "gan-mode=hinge lambda-gan=2",
                "gan-mode=nonsaturating lambda-r1=1",
                "gan-mode=vanilla normG=batch normD=batch batch-size=2",
                "normG=none normD=none init-type=orthogonal",
                "netF=sample lambda-identity=2 nce-idt=false",
                "lambda-nce=0",
                "nce-idt=false flip-equivariance=true",
                "input-nc=1",
                "output-nc=1",
                "dropout=true netD=pixel init-type=kaiming",
                "antialias=false antialias-up=false init-type=normal",
                "netG=stylegan2 netD=stylegan2 nce-layers=[0,2,4] ngf=1 ndf=1 batch-size=2",
                "lr-policy=plateau pairing=serial nce-negatives=batch batch-size=2"
            })
    void everyOptionTrains(String sets) {
        List<String> arguments = new ArrayList<>(List.of("--set=epochs=1"));
        Arrays.stream(sets.split(" ")).forEach(set -> arguments.add("--set=" + set));
        Path run = root.resolve("option-" + Integer.toHexString(sets.hashCode()));
        JuxtaProcess.Result result = train(run, arguments.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.resolve("generator.safetensors")).isNotEmptyFile();
    }

    /** SinCUT's way: one image for each domain, patches of it, no distance. */
    @Test
    void oneImageForEachDomain() throws IOException {
        Path single = root.resolve("single");
        images(single.resolve("trainA"), 1, 0xc02020);
        images(single.resolve("trainB"), 1, 0x2020c0);
        Path run = root.resolve("single-run");
        JuxtaProcess.Result result = TinyRun.call(
                "translate",
                "train",
                recipe.toString(),
                "--quiet",
                "--data=" + single,
                "--run=" + run,
                "--set=layout=single-image",
                "--set=items=6",
                "--set=preprocess=zoom_and_patch",
                "--set=crop-size=8",
                "--set=load-size=8",
                "--set=netD=pixel",
                "--set=epochs=1",
                "--set=distance-every=0");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out()).doesNotContain("KID");
        assertThat(run.resolve("generator.safetensors")).isNotEmptyFile();
    }

    @Test
    void aDryRunSaysWhatItWouldTrain() {
        JuxtaProcess.Result result = train(root.resolve("dry"), "--dry-run");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("method: cut", "netG: resnet-6blocks", "steps              6 an epoch, 12 in all")
                .containsPattern("parameters +\\d[\\d,]+ in the generator, [\\d,]+ in the discriminator, \\d+ in")
                .containsPattern("memory +about (8|9)\\d\\d MiB\n");
        assertThat(root.resolve("dry")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nce-layers=[0, 40] | ~/cut.yaml: nce-layers [0, 40] go beyond the generator's last layer, 28: choose layers from 0 to that
            nce-layers=[8, 4] | --set nce-layers=[8, 4]: nce-layers [8, 4] must ascend from at least 0, each layer once
            n-layers-D=4 | ~/cut.yaml: a discriminator of 4 layers needs images of at least 48 px, crop-size is 16: choose fewer n-layers-D, or larger crops
            nce-layer=[4] | --set nce-layer=[4]: unknown key 'nce-layer'; did you mean 'nce-layers'?
            batch-size=7 | batch size 7 is above the 6 images of the data set; choose at most 6
            method=moco | --set method=moco: method moco does not translate: only cut does; give this recipe to juxta pretrain
            """)
    void refusesInOneLine(String override, String line) {
        Path run = root.resolve("refused");
        JuxtaProcess.Result result = train(run, "--set", override);
        assertThat(result.err()).isEqualTo("juxta: " + line.replace("~", root.toString()) + "\n");
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
        assertThat(run).doesNotExist();
    }

    @Test
    void whatTheMachineHasNoMemoryForIsRefusedWithACropThatFits() {
        Path run = root.resolve("refused");
        JuxtaProcess.Result result = train(run, "--set=crop-size=8192", "--set=load-size=8192", "--set=ngf=64");
        assertThat(result.err())
                .matches("juxta: this run would take about [\\d,]+ MiB, and [\\d,]+ MiB can be had[^:]*:"
                        + " --set crop-size=\\d+ takes about [\\d,]+; --ignore-memory begins all the same\n");
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run).doesNotExist();
    }

    @Test
    void anImageSmallerThanTheCropEndsTheRunInOneLine() throws IOException {
        JuxtaProcess.Result result = train(root.resolve("small"), "--set=preprocess=crop", "--set=crop-size=24");
        assertThat(result.err()).startsWith("juxta: ").contains("20 x 20", "24").hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }

    @Test
    void oneImageIsTooFewToJudgeBy() throws IOException {
        Path few = root.resolve("few");
        images(few.resolve("trainA"), 4, 0);
        images(few.resolve("trainB"), 1, 0);
        Path run = root.resolve("unjudged");
        JuxtaProcess.Result refused =
                TinyRun.call("translate", "train", recipe.toString(), "--data=" + few, "--run=" + run);
        assertThat(refused.err())
                .isEqualTo("juxta: distance-every 1 needs two images of each domain to judge by, one of them has 1:"
                        + " hold out more, or set distance-every to 0\n");
        assertThat(refused.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(run).doesNotExist();
    }

    @Test
    void anEmptyDomainIsSaid() throws IOException {
        Path half = root.resolve("half");
        images(half.resolve("trainA"), 2, 0);
        Files.createDirectories(half.resolve("trainB"));
        JuxtaProcess.Result result =
                TinyRun.call("translate", "train", recipe.toString(), "--data=" + half, "--run=" + root.resolve("no"));
        assertThat(result.err()).startsWith("juxta: ").contains("trainB").hasLineCount(1);
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    }
}
