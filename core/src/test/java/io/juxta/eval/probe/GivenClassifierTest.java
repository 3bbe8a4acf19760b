package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classifiers under the names that programs give them. */
class GivenClassifierTest {
    @TempDir
    Path folder;

    private Path file(String... names) throws IOException {
        Path file = folder.resolve("classifier.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String name : names) {
                long[] shape = name.endsWith(".weight") && !name.contains("bn.") ? new long[] {3, 4} : new long[] {4};
                tensors.put(name, Filler.tensor(name.length(), ScalarType.Float, shape));
            }
            Safetensors.write(file, tensors, Map.of());
        }
        return file;
    }

    /** torchvision's, main_lincls.py's with the rest of its checkpoint, and eval_linear.py's with and without batch norm. */
    @ParameterizedTest
    @CsvSource({
        "fc, layer4.1.bn2.",
        "state_dict/module.fc, optimizer/bn.",
        "state_dict/module.linear, state_dict/module.bn.",
    })
    void isFoundUnderTheNamesOfOthers(String layer, String beside) throws IOException {
        Path file = file(
                beside + "weight",
                beside + "bias",
                beside + "running_mean",
                beside + "running_var",
                beside + "num_batches_tracked",
                layer + ".weight",
                layer + ".bias");
        try (PointerScope scope = new PointerScope();
                GivenClassifier given = GivenClassifier.read(file)) {
            assertThat(given.state().keySet()).contains("fc.weight", "fc.bias");
            assertThat(given.state().containsKey("bn.running_var")).isEqualTo(beside.contains("module.bn"));
            assertThat(Goldens.values(given.state().get("fc.weight")))
                    .containsExactly(
                            Goldens.values(Filler.tensor((layer + ".weight").length(), ScalarType.Float, 3, 4)));
        }
    }

    @Test
    void whatHasNoneOrSeveralIsRefused() throws IOException {
        Path none = file("head.bias");
        assertThatThrownBy(() -> GivenClassifier.read(none))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no linear classifier (a matrix fc.weight or linear.weight)")
                .hasMessageNotContaining("\n");
        Path two = file("module.encoder_q.fc.weight", "module.encoder_k.fc.weight");
        assertThatThrownBy(() -> GivenClassifier.read(two)).hasMessageContaining("holds 2 layers that could be");
        Path bare = file("fc.weight");
        assertThatThrownBy(() -> GivenClassifier.read(bare)).hasMessageEndingWith("lacks fc.bias");
    }
}
