package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny runs of every method, from recipe to encoder; a method that is added is run here too. */
@Tag("slow")
class MethodsPretrainTest {
    private static final int IMAGES = 26;
    private static final int STEPS = IMAGES / 8;

    @TempDir
    static Path root;

    private static Path data;

    @BeforeAll
    static void draw() throws IOException {
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), IMAGES);
        TinyRun.images(data.resolve("test"), 6);
        for (String method : TinyMethods.all()) {
            TinyMethods.recipe(root, method);
        }
    }

    static List<String> methods() {
        return TinyMethods.all();
    }

    /** Says no as often as asked before that many steps and those of a pass before them, and then yes. */
    private static BooleanSupplier after(String method, int steps) {
        AtomicInteger asked = new AtomicInteger();
        int pass = method.equals("deepcluster") ? STEPS : 0;
        return () -> asked.incrementAndGet() > pass + steps + steps / STEPS;
    }

    /** The whole run by the command; then one that is stopped in its second epoch, and goes on to the same bits. */
    @ParameterizedTest
    @MethodSource("methods")
    void aRunResumesToTheSameBits(String method) throws IOException {
        JuxtaProcess.Result said = resumed(method, root.resolve(method + ".yaml"), root.resolve(method));
        assertThat(said.out()).contains("kNN before training");
    }

    /** Of MoCo v3 with its own form, frozen patches and all; of DINO with some branches left out. */
    @ParameterizedTest
    @ValueSource(strings = {"moco-v3", "dino"})
    void aVisionTransformerResumesAndIsExported(String method) throws IOException {
        Path whole = root.resolve(method + "-vit");
        resumed(method, TinyMethods.transformer(root.resolve(method + ".yaml")), whole);
        Path out = root.resolve(method + "-vit.onnx");
        JuxtaProcess.Result said =
                TinyRun.call("export", whole.toString(), "--format=onnx", "--head", "--output=" + out);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        assertThat(out).isNotEmptyFile();
    }

    /** @return what the whole run said */
    private static JuxtaProcess.Result resumed(String method, Path recipe, Path whole) throws IOException {
        JuxtaProcess.Result said = TinyRun.pretrain(recipe, data, "--run=" + whole);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        assertThat(said.out()).contains("epoch 2/2: loss", "encoder: " + whole);

        Path run = whole.resolveSibling(whole.getFileName() + "-stopped");
        assertThat(TinyRuns.finished(Pretraining.by(Recipe.read(recipe))
                        .on(data)
                        .into(run)
                        .stopWhen(after(method, STEPS + 1))
                        .start()))
                .isFalse();
        TinyRuns.assertGoesOnTo(whole, run, data);
        return said;
    }

    @Test
    void methodsAreListed() {
        JuxtaProcess.Result listed = TinyRun.call("methods");
        assertThat(listed.status()).isEqualTo(ExitStatus.DONE);
        assertThat(listed.out()).contains("simclr: SimCLR (Chen et al. 2020)\n", "    begin with folder/simclr\n");
        assertThat(listed.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(TinyRun.call("methods", "--markdown").out()).startsWith("| method | key | paper |");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simclr", "dino"})
    void aProjectorIsExportedAsOnnxWhereItIsAskedFor(String method) throws IOException {
        Path run = root.resolve(method + "-exported");
        assertThat(TinyRun.pretrain(root.resolve(method + ".yaml"), data, "--run=" + run, "--set=epochs=1")
                        .err())
                .isEmpty();
        for (String head : new String[] {"--head", ""}) {
            Path out = root.resolve(method + head + ".onnx");
            List<String> arguments =
                    new ArrayList<>(List.of("export", run.toString(), "--format=onnx", "--output=" + out));
            if (!head.isEmpty()) {
                arguments.add(head);
            }
            JuxtaProcess.Result said = TinyRun.call(arguments.toArray(String[]::new));
            assertThat(said.err()).isEmpty();
            assertThat(said.status()).isEqualTo(ExitStatus.DONE);
            assertThat(out).isNotEmptyFile();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dino | crops=[1] | crops [1], crop-sizes [16, 16, 8], crop-min-scales [0.4, 0.4, 0.05] and crop-max-scales [1.0, 1.0, 0.4] must be lists of one length
            dino | teacher-T=0 | --set teacher-T=0: teacher-T 0.0 must be above 0 and at most 100 (0.04 is the paper's)
            dino | student-T=0 | --set student-T=0: student-T 0.0 must be above 0 and at most 100 (0.1 is the paper's)
            dino | m=1.5 | --set m=1.5: m 1.5 must be from 0 to 1 (0.99 for 100 epochs, 0.996 for 1000)
            dino | batch-size=1 | ~/dino.yaml: batch-size 1 must be at least 2: a batch norm of one image knows nothing
            dino | batch-size=27 | batch-size 27 is above the number of images, 26: set it to at most 26
            dino | arch=vit_tiny | ~/dino.yaml: crop-sizes 8 cannot be cut into patches of 16 px (patch-size): take a multiple of that, such as 16 or 32
            simclr | arch=vit_tiny image-size=40 | ~/simclr.yaml: image-size 40 cannot be cut into patches of 16 px (patch-size): take a multiple of that, such as 32 or 48
            simclr | drop-path=0.1 | --set drop-path=0.1: drop-path has no effect with arch resnet18: leave it out, or set arch=vit_small too
            """)
    void refusesInOneLine(String method, String overrides, String line) {
        Path run = root.resolve("refused");
        List<String> arguments = new ArrayList<>(List.of("--run=" + run));
        for (String override : overrides.split(" (?=[a-z-]+=)")) {
            arguments.add("--set=" + override);
        }
        JuxtaProcess.Result refused =
                TinyRun.pretrain(root.resolve(method + ".yaml"), data, arguments.toArray(String[]::new));
        assertThat(refused.err())
                .endsWith(line.replace("~", root.toString()) + "\n")
                .hasLineCount(1);
        assertThat(refused.status()).isNotEqualTo(ExitStatus.DONE);
        assertThat(run).doesNotExist();
    }
}
