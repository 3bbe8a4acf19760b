package io.juxta.torch;

import io.juxta.natives.Natives;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalisation of the last dimension, with a weight and a bias for each of its values (Ba et al., 2016). */
@API(status = API.Status.INTERNAL)
public final class LayerNorm extends Module {
    static {
        Natives.torch();
    }

    private final Tensor weight;
    private final Tensor bias;
    private final double epsilon;

    /**
     * @param dim values of the last dimension
     * @param epsilon added to the variance
     */
    public LayerNorm(int dim, double epsilon) {
        super("LayerNorm");
        this.epsilon = epsilon;
        weight = torch.ones(dim);
        register_parameter("weight", weight);
        bias = torch.zeros(dim);
        register_parameter("bias", bias);
    }

    /** (..., dim) to the same shape. */
    public Tensor forward(Tensor x) {
        long[] last = {weight.size(0)};
        return torch.layer_norm(x, last, new TensorOptional(weight), new TensorOptional(bias), epsilon, true);
    }
}
