package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CUT in bfloat16 beside float32. */
class CutPrecisionTest {
    private static final int STEPS = 50;

    private static Cut small(String precision) {
        Torch.seed(1);
        String recipe = """
                ngf: 4
                ndf: 4
                netG: resnet-6blocks
                netD: n-layers
                n-layers-D: 1
                netF-nc: 16
                num-patches: 16
                nce-layers: [0, 4, 8]
                """;
        return Cut.create(
                CutRecipe.bind(Recipe.parse(recipe + "precision: " + precision + "\n", "tiny")), new Device("cpu"));
    }

    private static Map<String, Double> step(Cut cut, int s) {
        try (PointerScope scope = new PointerScope()) {
            Tensor A = Filler.tensor(10 + s % 4, ScalarType.Float, 1, 3, 32, 32);
            Tensor B = Filler.tensor(20 + s % 4, ScalarType.Float, 1, 3, 32, 32);
            return cut.step(List.of(A, B), new Step(s, STEPS, 2e-4));
        }
    }

    /** The mean loss of every ten steps to 1 %; weights and moments are float32 all the while. */
    @Test
    void bfloat16LearnsAsFloat32() {
        try (Cut exact = small("float32");
                Cut mixed = small("bfloat16")) {
            double sum = 0;
            double mixedSum = 0;
            boolean differs = false;
            for (int s = 0; s < STEPS; s++) {
                double loss = step(exact, s).get("loss");
                double mixedLoss = step(mixed, s).get("loss");
                differs |= loss != mixedLoss;
                sum += loss;
                mixedSum += mixedLoss;
                if (s % 10 == 9) {
                    assertThat(mixedSum / sum).as("steps up to " + s).isBetween(0.99, 1.01);
                }
            }
            assertThat(differs).as("computed otherwise").isTrue();
            mixed.state()
                    .forEach((name, tensor) ->
                            assertThat(tensor.scalar_type().intern()).as(name).isNotEqualTo(ScalarType.BFloat16));
        }
    }

    /** Weights and moments come back in the layout that images pass in. */
    @Test
    void aResumedRunGoesOnToTheSameBits(@TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope();
                Cut whole = small("bfloat16");
                Cut resumed = small("bfloat16")) {
            for (int s = 0; s < 3; s++) {
                step(whole, s);
            }
            Path file = folder.resolve("last.safetensors");
            Safetensors.writeSealed(file, whole.state(), Map.of());
            Map<String, Tensor> saved = Safetensors.readSealed(file).tensors();
            try (NoGradGuard guard = new NoGradGuard()) {
                resumed.state().forEach((name, tensor) -> tensor.copy_(saved.get(name)));
            }
            for (int s = 3; s < 6; s++) {
                assertThat(step(resumed, s)).as("step " + s).isEqualTo(step(whole, s));
            }
            Map<String, Tensor> expected = whole.state();
            resumed.state()
                    .forEach((name, tensor) -> assertThat(torch.equal(tensor, expected.get(name)))
                            .as(name)
                            .isTrue());
        }
    }
}
