package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pretrain --from}: begun from weights, gone on exactly, refused where they do not fit. */
@Tag("slow")
class FromTest {
    @TempDir
    Path root;

    @Test
    void beginsFromWeightsAndGoesOnExactly() throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 32);
        Path recipe = TinyRun.recipe(root);
        Path first = root.resolve("first");
        assertThat(TinyRun.pretrain(recipe, images, "--run=" + first, "--set=lr=0.1", "--set=epochs=2")
                        .err())
                .isEmpty();
        Path exported = root.resolve("published.pth");
        assertThat(TinyRun.call("export", first.toString(), "--format=torchvision", "--output=" + exported)
                        .err())
                .isEmpty();

        // of a run the head comes along, of what other programs know the backbone alone
        for (Path source : new Path[] {first, exported}) {
            Path second = root.resolve("from-" + source.getFileName());
            JuxtaProcess.Result begun = TinyRun.pretrain(
                    recipe, images, "--run=" + second, "--from=" + source, "--set=lr=1e-9", "--set=seed=5");
            assertThat(begun.err()).isEmpty();
            assertThat(apart(first, second, "layer4.1.conv2.weight")).isLessThan(1e-6);
            if (source.equals(first)) {
                assertThat(apart(first, second, "fc.2.weight")).isLessThan(1e-6);
            } else {
                assertThat(apart(first, second, "fc.2.weight")).isGreaterThan(1e-3);
            }
            assertThat(Files.readString(second.resolve("recipe.yaml")))
                    .contains("from: ")
                    .containsPattern("from-sha256: [0-9a-f]{64}");
        }
        // the backbone in bfloat16, as others keep weights in half the space
        Path shorter = root.resolve("shorter.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Safetensors.Loaded own = Safetensors.read(first.resolve("encoder.safetensors"));
            Map<String, Tensor> held = new LinkedHashMap<>(own.tensors());
            held.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(ScalarType.BFloat16) : tensor);
            Safetensors.write(shorter, held, own.metadata());
        }
        Path third = root.resolve("from-shorter");
        JuxtaProcess.Result taken = TinyRun.pretrain(
                recipe, images, "--run=" + third, "--from=" + shorter, "--set=lr=1e-9", "--set=seed=5");
        assertThat(taken.err()).isEmpty();
        assertThat(taken.out()).contains("; they were held in bfloat16, and go on in float32\n");
        assertThat(apart(first, third, "layer4.1.conv2.weight")).isBetween(1e-7, 1e-2);
        JuxtaProcess.Result exported16 = TinyRun.call(
                "export", shorter.toString(), "--format=safetensors", "--output=" + root.resolve("whole.safetensors"));
        assertThat(exported16.out()).endsWith(", read back and found whole, in float32 of bfloat16\n");

        Path random = root.resolve("random");
        TinyRun.pretrain(recipe, images, "--run=" + random, "--set=lr=1e-9", "--set=seed=5");
        assertThat(apart(first, random, "layer4.1.conv2.weight")).isGreaterThan(1e-3);

        Path whole = root.resolve("whole");
        assertThat(TinyRun.pretrain(
                                recipe,
                                images,
                                "--run=" + whole,
                                "--from=" + exported,
                                "--set=epochs=2",
                                "--set=keep-every=1")
                        .err())
                .isEmpty();
        byte[] wanted = Files.readAllBytes(whole.resolve("encoder.safetensors"));
        Files.delete(exported); // a run that goes on needs it no more
        assertThat(TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + whole, "--epoch=1")
                        .err())
                .isEmpty();
        assertThat(Files.readAllBytes(whole.resolve("encoder.safetensors"))).isEqualTo(wanted);
    }

    @Test
    void frozenStagesStayAndADryRunSaysWhatFits() throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 16);
        Path recipe = TinyRun.recipe(root);
        Path first = root.resolve("first");
        TinyRun.pretrain(recipe, images, "--run=" + first);
        Path second = root.resolve("second");
        String from = "--from=" + first;
        String freeze = "--set=freeze-stages=2";
        JuxtaProcess.Result tried = TinyRun.pretrain(recipe, images, "--run=" + second, from, freeze, "--dry-run");
        assertThat(tried.out())
                .contains("begins from " + first, "124 tensors taken; fresh: nothing; left over: nothing");
        assertThat(second).doesNotExist();
        assertThat(TinyRun.pretrain(recipe, images, "--run=" + second, from, freeze, "--set=lr=0.1")
                        .err())
                .isEmpty();
        for (String name : new String[] {"conv1.weight", "layer2.1.conv2.weight", "layer2.1.bn2.running_var"}) {
            assertThat(apart(first, second, name)).as(name).isZero();
        }
        assertThat(apart(first, second, "layer3.0.conv1.weight")).isPositive();

        Path run = root.resolve("run");
        JuxtaProcess.Result beyond = TinyRun.pretrain(recipe, images, "--run=" + run, from, "--set=freeze-stages=5");
        assertThat(beyond.err())
                .contains(
                        "freeze-stages 5 is beyond the network, which has 4 stages behind its stem: set it to at most 4")
                .hasLineCount(1);
        assertThat(beyond.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        refused(
                TinyRun.pretrain(recipe, images, "--run=" + run, from, "--set=width=16", "--dry-run"),
                "is of another network than this recipe's");
        for (String dry : new String[] {"--dry-run", "--set=seed=1"}) {
            JuxtaProcess.Result random = TinyRun.pretrain(recipe, images, "--run=" + run, freeze, dry);
            assertThat(random.err())
                    .contains(
                            "freeze-stages 2 would keep random weights: say --from WEIGHTS, or set freeze-stages to 0")
                    .hasLineCount(1);
            assertThat(random.status()).isNotZero();
        }
        assertThat(run).doesNotExist();
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeThereIsAFolder() throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 16);
        Path recipe = TinyRun.recipe(root);
        Path first = root.resolve("first");
        TinyRun.pretrain(recipe, images, "--run=" + first);
        Path run = root.resolve("run");
        refused(
                TinyRun.pretrain(recipe, images, "--run=" + run, "--from=" + first, "--set=width=16"),
                "is of another network than this recipe's: conv1.weight is (8, 3, 3, 3), not (16, 3, 3, 3)");
        refused(
                TinyRun.pretrain(recipe, images, "--run=" + run, "--from=" + root.resolve("nothing.pth")),
                "nothing.pth: there is no such file or folder");
        Path text = Files.writeString(root.resolve("text.pth"), "no weights");
        refused(TinyRun.pretrain(recipe, images, "--run=" + run, "--from=" + text), "is text, no weights");
        assertThat(run).doesNotExist();
        JuxtaProcess.Result both = TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + first, "--from=" + first);
        assertThat(both.err()).contains("--from is for a new run");
    }

    private static void refused(JuxtaProcess.Result said, String why) {
        assertThat(said.err()).contains(why).hasLineCount(1);
        assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
    }

    private static double apart(Path a, Path b, String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> one =
                    Safetensors.read(a.resolve("encoder.safetensors")).tensors();
            Map<String, Tensor> other =
                    Safetensors.read(b.resolve("encoder.safetensors")).tensors();
            return Objects.requireNonNull(one.get(name))
                    .sub(Objects.requireNonNull(other.get(name)))
                    .abs()
                    .max()
                    .item_double();
        }
    }
}
