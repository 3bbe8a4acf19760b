package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} and {@code inspect}, of what {@code export} writes as the original programs would. */
@Tag("slow")
class ImportTest {
    @TempDir
    Path root;

    @Test
    void whatIsExportedAsTheOriginalComesBack() throws IOException, InterruptedException {
        Path run = root.resolve("run");
        Path images = TinyRun.images(root.resolve("images"), 16);
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), images, "--set=K=16", "--run=" + run)
                        .err())
                .isEmpty();
        for (String format : new String[] {"moco", "torchvision", "timm"}) {
            Path file = root.resolve(format + ".pth");
            assertThat(TinyRun.call("export", run.toString(), "--format=" + format, "--output=" + file)
                            .err())
                    .isEmpty();
            Path own = root.resolve(format + ".safetensors");
            JuxtaProcess.Result imported = TinyRun.call("import", file.toString(), "--output=" + own);
            assertThat(imported.err()).isEmpty();
            assertThat(imported.out())
                    .contains(format.equals("moco") ? "MoCo v" : "a ResNet with torchvision's names")
                    .contains(" 0 missing, 0 left over, 0 of another shape");
            Path again = root.resolve(format + ".onnx");
            assertThat(TinyRun.call("export", own.toString(), "--format=onnx", "--head", "--output=" + again)
                            .out())
                    .contains("as onnx");
            assertThat(TinyRun.call("import", file.toString(), "--output=" + own)
                            .err())
                    .contains("is there already")
                    .hasLineCount(1);
        }
        JuxtaProcess.Result table =
                JuxtaProcess.run("inspect", root.resolve("moco.pth").toString());
        assertThat(table.status()).isEqualTo(ExitStatus.DONE);
        assertThat(table.out()).contains("state_dict/module.queue_ptr").contains("this is MoCo v");
        assertThat(TinyRun.call("import", run.resolve("encoder.safetensors").toString())
                        .err())
                .contains("needs no import");
        assertThat(TinyRun.call("export", run.toString(), "--format=swav", "--output=" + root.resolve("s"))
                        .err())
                .contains("not to be had as swav")
                .hasLineCount(1);
        Path text = Files.writeString(root.resolve("text.pth"), "PK no archive");
        for (String command : new String[] {"import", "inspect"}) {
            JuxtaProcess.Result refused = TinyRun.call(command, text.toString());
            assertThat(refused.err()).startsWith("juxta: ").contains("text.pth").hasLineCount(1);
            assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        }
    }
}
