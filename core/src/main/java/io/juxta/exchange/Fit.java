package io.juxta.exchange;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.swav.ClusterOptions;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How weights from elsewhere fit the network that they seem to be of.
 *
 * @param mapped tensors that have their place, in the network's order and in single precision
 * @param missing what the network needs and the weights lack, with shapes
 * @param leftOver what the weights have and the network does not, with shapes
 * @param misshapen tensors of another shape than the network's, with both
 */
@API(status = API.Status.INTERNAL)
public record Fit(Map<String, Tensor> mapped, List<String> missing, List<String> leftOver, List<String> misshapen) {
    private static final String COUNTER = ".num_batches_tracked";

    public Fit {
        mapped = new LinkedHashMap<>(mapped);
        missing = List.copyOf(missing);
        leftOver = List.copyOf(leftOver);
        misshapen = List.copyOf(misshapen);
    }

    /**
     * Compares.
     *
     * @throws IllegalArgumentException when the weights are of no network, or of one that is refused here, in one line
     */
    public static Fit of(Foreign weights) {
        if (!weights.kind().isKept()) {
            throw new IllegalArgumentException("these weights are " + weights.described() + ": no network to be kept");
        }
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> wanted = StateDict.of(
                    network(Recipe.parse(weights.recipe(), weights.kind().toString())));
            Map<String, Tensor> mapped = new LinkedHashMap<>();
            List<String> missing = new ArrayList<>();
            List<String> misshapen = new ArrayList<>();
            wanted.forEach((name, tensor) -> {
                Tensor own = weights.network().get(name);
                if (own == null && name.endsWith(COUNTER)) {
                    mapped.put(name, tensor.detach().clone()); // files of before PyTorch 0.4.1 have none
                } else if (own == null) {
                    missing.add(name + " " + StateDict.shape(tensor));
                } else if (!StateDict.shape(own).equals(StateDict.shape(tensor))) {
                    misshapen.add(name + " " + StateDict.shape(own) + ", not " + StateDict.shape(tensor));
                } else {
                    mapped.put(name, own.detach().to(tensor.scalar_type()));
                }
            });
            List<String> leftOver = weights.network().entrySet().stream()
                    .filter(named -> !wanted.containsKey(named.getKey()))
                    .map(named -> named.getKey() + " " + StateDict.shape(named.getValue()))
                    .toList();
            mapped.values().forEach(Tensor::retainReference);
            return new Fit(mapped, missing, leftOver, misshapen);
        }
    }

    /** Whether every tensor has its place. */
    public boolean isWhole() {
        return missing.isEmpty() && leftOver.isEmpty() && misshapen.isEmpty();
    }

    private static Module network(Recipe recipe) {
        Module network =
                switch (recipe.bind(Trained.class).method()) {
                    case "moco" -> Moco.encoder(MocoRecipe.bind(recipe).moco());
                    case "vit" -> TransformerRecipe.bind(recipe).network();
                    case "cut" -> {
                        CutRecipe cut = CutRecipe.bind(recipe);
                        yield cut.networks().shapes(cut.views().cropSize());
                    }
                    default -> recipe.bind(ClusterOptions.class).encoder();
                };
        StateDict.convert(network, ScalarType.Float);
        return network;
    }

    private record Trained(String method) {}
}
