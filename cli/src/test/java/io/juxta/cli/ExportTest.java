package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} of what tiny runs have trained. */
@Tag("slow")
class ExportTest {
    @TempDir
    static Path root;

    static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = root.resolve("run");
        Path images = TinyRun.images(root.resolve("images"), 16);
        JuxtaProcess.Result result =
                TinyRun.pretrain(TinyRun.recipe(root), images, "--set=stem=imagenet", "--set=K=16", "--run=" + run);
        assertThat(result.err()).isEmpty();
    }

    private static JuxtaProcess.Result export(Path source, String format, Path output, String... more) {
        String[] arguments = new String[4 + more.length];
        arguments[0] = "export";
        arguments[1] = source.toString();
        arguments[2] = "--format=" + format;
        arguments[3] = "--output=" + output;
        System.arraycopy(more, 0, arguments, 4, more.length);
        return TinyRun.call(arguments);
    }

    @Test
    void aRunIsWrittenInEveryFormat() throws IOException, InterruptedException {
        Path onnx = root.resolve("encoder.onnx");
        JuxtaProcess.Result child =
                JuxtaProcess.run("export", run.toString(), "--format=onnx", "--head", "--fold-bn", "--output=" + onnx);
        assertThat(child.err()).isEmpty();
        assertThat(child.status()).isEqualTo(ExitStatus.DONE);
        assertThat(child.out()).contains("as onnx: " + onnx);
        assertThat(onnx).isNotEmptyFile();
        Path best = run.resolve("checkpoints/last.safetensors");
        assertThat(export(best, "detectron2", root.resolve("encoder.pkl")).err())
                .isEmpty();
        assertThat(root.resolve("encoder.pkl")).isNotEmptyFile();
        Path plain = root.resolve("plain.safetensors");
        assertThat(export(run, "safetensors", plain).err()).isEmpty();
        Path whole = root.resolve("whole.safetensors");
        assertThat(export(run, "safetensors", whole, "--head").err()).isEmpty();
        try (PointerScope scope = new PointerScope()) {
            assertThat(Safetensors.read(plain).tensors())
                    .containsKey("conv1.weight")
                    .doesNotContainKey("fc.weight");
            assertThat(Safetensors.read(whole).tensors())
                    .hasSizeGreaterThan(Safetensors.read(plain).tensors().size());
        }
    }

    /** With the optimizer, {@code main_moco.py --resume} goes on from it. */
    @Test
    void mocosCheckpointHasItsOptimizer() throws IOException {
        Path file = root.resolve("checkpoint.pth.tar");
        assertThat(export(run, "moco", file).err()).isEmpty();
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> written = WeightsFile.read(file).tensors();
            Map<String, Tensor> own = Safetensors.read(run.resolve("checkpoints/last.safetensors"))
                    .tensors();
            List<Tensor> momentum = own.entrySet().stream()
                    .filter(named -> named.getKey().startsWith("sgd."))
                    .map(Map.Entry::getValue)
                    .toList();
            assertThat(momentum).isNotEmpty();
            for (int i = 0; i < momentum.size(); i++) {
                assertThat(written.get("optimizer/state/" + i + "/momentum_buffer")
                                .equal(momentum.get(i)))
                        .isTrue();
            }
            assertThat(written.keySet().stream().filter(name -> name.startsWith("optimizer/")))
                    .hasSameSizeAs(momentum);
            assertThat(written.get("state_dict/module.encoder_q.conv1.weight").equal(own.get("encoder_q.conv1.weight")))
                    .isTrue();
        }
    }

    @Test
    void aGeneratorIsWrittenInItsFormats() throws IOException {
        CutRecipe cut = CutRecipe.bind(
                Recipe.parse("method: cut\nnce-layers: [0]\nngf: 8\nndf: 2\nnet-g: resnet_4blocks\n", "tiny"));
        Path weights = root.resolve("generator.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Module generator = cut.networks().generator(cut.views().cropSize());
            Safetensors.write(
                    weights, StateDict.of(generator), Map.of("recipe", "method: cut\n" + Recipe.write(cut.records())));
            Path original = root.resolve("latest_net_G.pth");
            assertThat(export(weights, "cut", original).err()).isEmpty();
            assertThat(WeightsFile.read(original).tensors().keySet())
                    .containsExactlyElementsOf(StateDict.of(generator).keySet());
            Path back = root.resolve("back.safetensors");
            assertThat(TinyRun.call("import", original.toString(), "--output=" + back)
                            .err())
                    .isEmpty();
            assertThat(Safetensors.read(back).tensors()).hasSameSizeAs(StateDict.of(generator));
        }
        Path onnx = root.resolve("generator.onnx");
        assertThat(export(weights, "onnx", onnx, "--fold-bn").err()).isEmpty();
        assertThat(onnx).isNotEmptyFile();
        assertRefused(export(weights, "timm", root.resolve("g.pth")), "is a generator, which has no format timm");
        assertRefused(export(weights, "onnx", root.resolve("g.onnx"), "--head"), "--head is for encoders");
    }

    @Test
    void whatIsThereStays() throws IOException {
        Path there = Files.writeString(root.resolve("there.onnx"), "mine");
        assertRefused(export(run, "onnx", there), "there.onnx is there already: give --overwrite");
        assertThat(there).hasContent("mine");
        assertThat(export(run, "onnx", there, "--overwrite").err()).isEmpty();
        assertThat(Files.size(there)).isGreaterThan(1000);
        Path own = run.resolve("encoder.safetensors");
        assertRefused(export(run, "safetensors", own, "--overwrite"), "is what would be exported");
    }

    @Test
    void refusesInOneLine() throws IOException {
        Path o = root.resolve("o");
        assertRefused(export(root, "onnx", o), "holds neither encoder.safetensors nor generator.safetensors");
        assertRefused(export(run, "safetensors", o, "--fold-bn"), "--fold-bn is for --format onnx alone");
        assertRefused(export(run, "detectron2", o, "--head"), "--head is for encoders as onnx or safetensors");
        assertRefused(export(Files.writeString(root.resolve("text"), "no weights"), "onnx", o), "text");
        assertRefused(export(root.resolve("nowhere"), "onnx", o), "nowhere");
        assertRefused(export(run, "caffe", o), "caffe");
        assertThat(o).doesNotExist();
    }

    private static void assertRefused(JuxtaProcess.Result result, String message) {
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }
}
