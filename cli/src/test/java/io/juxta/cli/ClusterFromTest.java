package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pretrain --from} of SwAV and DeepCluster-v2: head and prototypes come along, from a run and from the programs' own files. */
@Tag("slow")
class ClusterFromTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({"swav, prototypes.weight", "deepcluster, prototypes.prototypes2.weight"})
    void prototypesComeAlong(String method, String prototypes) throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 24);
        Path recipe = ClusterPretrainTest.recipe(root, method);
        Path first = root.resolve("first");
        assertThat(TinyRun.pretrain(recipe, images, "--run=" + first, "--set=epochs=1")
                        .err())
                .isEmpty();
        Path published = root.resolve("published.pth.tar");
        assertThat(TinyRun.call("export", first.toString(), "--format=" + method, "--output=" + published)
                        .err())
                .isEmpty();
        for (Path source : new Path[] {first, published}) {
            Path second = root.resolve("from-" + source.getFileName());
            String[] still = {"--run=" + second, "--from=" + source, "--set=lr=1e-9", "--set=epochs=1", "--set=seed=5"};
            JuxtaProcess.Result begun = TinyRun.pretrain(recipe, images, still);
            assertThat(begun.err()).isEmpty();
            assertThat(begun.out())
                    .contains("begun from " + source)
                    .containsPattern("tensors taken; fresh: nothing; left over: nothing");
            for (String name : new String[] {"layer4.1.conv2.weight", "projection_head.3.weight"}) {
                assertThat(apart(first, second, name)).as(name).isLessThan(1e-6);
            }
            // SwAV's are brought to length 1 in front of every step; k-means puts DeepCluster-v2's where the clusters
            // are
            if (method.equals("swav")) {
                assertThat(apart(first, second, prototypes)).isLessThan(1e-3);
            }
        }
    }

    /** Other numbers of prototypes begin fresh, which is said; a method without prototypes leaves them over. */
    @Test
    void whatDoesNotFitIsSaid() throws IOException {
        Path images = TinyRun.images(root.resolve("images"), 24);
        Path recipe = ClusterPretrainTest.recipe(root, "swav");
        Path first = root.resolve("first");
        assertThat(TinyRun.pretrain(recipe, images, "--run=" + first, "--set=epochs=1")
                        .err())
                .isEmpty();
        String from = "--from=" + first;
        JuxtaProcess.Result more = TinyRun.pretrain(
                recipe, images, "--run=" + root.resolve("more"), from, "--set=prototypes=[7]", "--dry-run");
        assertThat(more.err()).isEmpty();
        assertThat(more.out()).contains("fresh: prototypes.weight (7, 8); left over: prototypes.weight (6, 8)");
        JuxtaProcess.Result moco =
                TinyRun.pretrain(TinyRun.recipe(root), images, "--run=" + root.resolve("moco"), from, "--dry-run");
        assertThat(moco.err()).isEmpty();
        assertThat(moco.out())
                .contains("fresh: fc.0.weight (64, 64), fc.0.bias (64), fc.2.weight (16, 64) and 1 more; left over:"
                        + " projection_head.0.weight (16, 64)");
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
