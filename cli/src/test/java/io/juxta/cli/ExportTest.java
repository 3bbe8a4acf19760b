package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} of what tiny runs have trained. */
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
