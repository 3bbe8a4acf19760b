package io.juxta.runs.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.distributed.Communicator;
import io.juxta.exchange.StartingWeights;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.EncoderLearner;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network that follows the encoder begins from the weights that the encoder begins from. */
class BeginningTest {
    private static final String VIEWS = "projector: [16, 8]\npredictor: [6, 8]\noptimizer: sgd\n";
    private static final String MOCO = "dim: 8\nK: 16\nbn-groups: 2\n";

    private static EncoderLearner learner(String method, int seed) throws IOException {
        Torch.seed(seed);
        String recipe = "method: " + method + "\narch: resnet18\nstem: cifar\nwidth: 8\nbatch-size: 8\n"
                + (method.equals("moco") ? MOCO : VIEWS);
        return Method.of(Recipe.parse(recipe, "tiny")).learner(8, new Device("cpu"), Communicator.single());
    }

    @ParameterizedTest
    @CsvSource({"moco, encoder_q., encoder_k.", "byol, encoder., target.", "moco-v3, encoder., target."})
    void whatFollowsTheEncoderBeginsAsIt(String method, String encoder, String follower) throws IOException {
        try (PointerScope scope = new PointerScope();
                EncoderLearner trained = learner(method, 1);
                EncoderLearner begun = learner(method, 2)) {
            Map<String, Tensor> weights = new LinkedHashMap<>(StateDict.of(trained.encoder()));
            weights.replaceAll((name, tensor) -> name.endsWith("running_var") ? tensor.add(tensor) : tensor);
            Beginning.into(begun, new StartingWeights(weights, List.of(), List.of(), Optional.empty()));
            Map<String, Tensor> state = begun.state();
            weights.forEach((name, tensor) -> {
                for (String prefix : List.of(encoder, follower)) {
                    Tensor taken = Objects.requireNonNull(state.get(prefix + name), prefix + name);
                    assertThat(taken.equal(tensor)).as(prefix + name).isTrue();
                }
            });
        }
    }
}
