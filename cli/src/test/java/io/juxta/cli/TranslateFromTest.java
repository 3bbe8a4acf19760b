package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code translate train --from}: a run's networks, the original's three files, a generator alone; gone on with exactly. */
@Tag("slow")
class TranslateFromTest {
    @TempDir
    Path root;

    private Path recipe = Path.of("");
    private Path data = Path.of("");

    private JuxtaProcess.Result train(Path run, String... more) {
        List<String> arguments = new ArrayList<>(List.of("translate", "train", recipe.toString(), "--quiet"));
        arguments.addAll(List.of("--data=" + data, "--run=" + run));
        arguments.addAll(List.of(more));
        return TinyRun.call(arguments.toArray(String[]::new));
    }

    private static Map<String, Tensor> state(Path run) throws IOException {
        return Safetensors.read(run.resolve("checkpoints/last.safetensors")).tensors();
    }

    private static double apart(Path a, Path b, String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return Objects.requireNonNull(state(a).get(name), name)
                    .sub(Objects.requireNonNull(state(b).get(name), name))
                    .abs()
                    .max()
                    .item_double();
        }
    }

    /** Writes each network as the original names it. */
    private static void original(Path run, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (PointerScope scope = new PointerScope()) {
            for (String letter : List.of("G", "D", "F")) {
                Map<String, Tensor> own = new LinkedHashMap<>();
                state(run).forEach((name, tensor) -> {
                    if (name.startsWith(letter + ".")) {
                        own.put(name.substring(2), tensor);
                    }
                });
                PyTorchWriter.write(folder.resolve("latest_net_" + letter + ".pth"), own);
            }
        }
    }

    @Test
    void allThreeNetworksGoOn() throws IOException {
        recipe = TranslateTrainTest.recipe(root);
        data = TranslateTrainTest.domains(root.resolve("set"));
        Path first = root.resolve("first");
        assertThat(train(first, "--set=lr=0.01").err()).isEmpty();
        Path published = root.resolve("published");
        original(first, published);

        String conv = "model.1.weight";
        String slow = "--set=lr=1e-12";
        Path second = root.resolve("second");
        for (Path source : List.of(first, published, published.resolve("latest_net_G.pth"))) {
            Path run = root.resolve("from-" + source.getFileName());
            JuxtaProcess.Result begun = train(run, "--from=" + source, slow, "--set=seed=5");
            assertThat(begun.err()).isEmpty();
            for (String name : List.of("G." + conv, "D.model.0.weight", "F.mlp_0.0.weight")) {
                assertThat(apart(first, run, name)).as(name).isLessThan(1e-6);
            }
            assertThat(Files.readString(run.resolve("recipe.yaml")))
                    .contains("from: ")
                    .containsPattern("from-sha256: [0-9a-f]{64}");
        }
        JuxtaProcess.Result alone = train(second, "--from=" + first.resolve("generator.safetensors"), slow);
        assertThat(alone.err()).isEmpty();
        assertThat(apart(first, second, "G." + conv)).isLessThan(1e-6);
        assertThat(apart(first, second, "D.model.0.weight")).isGreaterThan(1e-3);

        JuxtaProcess.Result tried =
                train(root.resolve("tried"), "--from=" + first.resolve("generator.safetensors"), "--dry-run");
        assertThat(tried.out()).contains("fresh: the discriminator, the patch sampler; left over: nothing");
        Files.delete(published.resolve("latest_net_F.pth"));
        assertThat(train(root.resolve("tried"), "--from=" + published, "--dry-run")
                        .out())
                .contains("fresh: the patch sampler; left over: nothing");
        assertThat(train(root.resolve("tried"), "--from=" + first, "--dry-run").out())
                .containsPattern("fresh: nothing; left over: .*and [0-9]+ more");

        Path whole = root.resolve("whole");
        assertThat(train(whole, "--from=" + published, "--set=keep-every=1").err())
                .isEmpty();
        byte[] wanted = Files.readAllBytes(whole.resolve("generator.safetensors"));
        Files.delete(published.resolve("latest_net_G.pth")); // a run that goes on needs it no more
        assertThat(TinyRun.call("translate", "train", "--quiet", "--resume", "--run=" + whole, "--epoch=1")
                        .err())
                .isEmpty();
        assertThat(Files.readAllBytes(whole.resolve("generator.safetensors"))).isEqualTo(wanted);

        Path run = root.resolve("run");
        refused(
                train(run, "--from=" + first, "--set=ndf=4"),
                "is of another network than this recipe's: D.model.0.weight is (2, 3, 4, 4), not (4, 3, 4, 4)");
        refused(
                train(run, "--from=" + first, "--set=ngf=4", "--dry-run"),
                "set netG, ngf, normG, input-nc and output-nc");
        refused(train(run, "--from=" + published), "latest_net_G.pth");
        assertThat(run).doesNotExist();
    }

    private static void refused(JuxtaProcess.Result said, String why) {
        assertThat(said.err()).contains(why).hasLineCount(1);
        assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
    }
}
