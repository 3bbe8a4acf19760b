package io.juxta.train;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * How much of a backbone that was trained before may still change: the stem and the first stages learn edges and colours that serve
 * any pictures, and few pictures spoil them more easily than they mend them (Yosinski et al., 2014, "How transferable are features").
 */
@API(status = API.Status.INTERNAL)
public record FineTuning(
        @Means(
                "what stays as it began with --from: 0 for nothing, n for the stem and the first n stages of the backbone, their batch "
                        + "norm in eval mode; a ResNet has 4")
        @Range(least = 0)
        @Default("0")
        int freezeStages,

        @Means("what the learning rate is multiplied by for the backbone; the head's is lr itself")
        @Range(most = 100, above = 0)
        @Default("1")
        double backboneLrFactor) {
    /** Everything is trained, at one rate. */
    public static final FineTuning NONE = new FineTuning(0, 1);

    public FineTuning {
        if (freezeStages < 0) {
            throw new IllegalArgumentException(
                    "freeze-stages " + freezeStages + " must be at least 0 (0 freezes nothing)");
        }
        if (!(backboneLrFactor > 0 && backboneLrFactor <= 100)) {
            throw new IllegalArgumentException("backbone-lr-factor " + backboneLrFactor
                    + " must be above 0 and at most 100 (1 for one rate; freeze-stages leaves stages as they are)");
        }
    }

    /**
     * Refuses more stages than there are.
     *
     * @throws IllegalArgumentException in one line
     */
    public void require(int stages) {
        if (freezeStages > stages) {
            throw new IllegalArgumentException("freeze-stages " + freezeStages + " is beyond the network, which has "
                    + stages + " stages behind its stem: set it to at most " + stages);
        }
    }

    /**
     * Freezes the stages.
     *
     * @return the parameters that steps move, by their names, in the encoder's order
     */
    public Map<String, Tensor> begin(EncoderNetwork encoder) {
        if (freezeStages > 0) {
            require(encoder.stages());
            encoder.freeze(freezeStages);
        }
        Map<String, Tensor> trained = new LinkedHashMap<>();
        StateDict.parameters(encoder).forEach((name, parameter) -> {
            if (!encoder.isFrozen(name)) {
                trained.put(name, parameter);
            }
        });
        return trained;
    }

    /** What the learning rate of each of these parameters is multiplied by. */
    public List<Double> factors(EncoderNetwork encoder, Iterable<String> names) {
        List<Double> factors = new ArrayList<>();
        names.forEach(name -> factors.add(encoder.isOfBackbone(name) ? backboneLrFactor : 1));
        return factors;
    }
}
