package io.juxta.moco;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Layers;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Linear(6,5), batch norm, ReLU, and a head to 8: what the goldens were made with. */
final class TinyEncoder extends EncoderNetwork {
    private final LinearImpl body = register_module("body", Layers.linear(6, 5));
    private final BatchNorm norm;
    private final LinearImpl hidden;
    private final LinearImpl output;
    private final boolean mlp;

    TinyEncoder(boolean mlp, int groups) {
        super("TinyEncoder");
        this.mlp = mlp;
        norm = register_module("norm", new BatchNorm(5, groups));
        Container head = register_module("fc", new Container("fc"));
        hidden = Layers.linear(5, 5);
        if (mlp) {
            head.register_module("0", hidden);
        }
        output = head.register_module("2", Layers.linear(5, 8));
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor y = pooled(x);
        return output.forward(mlp ? torch.relu(hidden.forward(y)) : y);
    }

    @Override
    public Tensor pooled(Tensor x) {
        return torch.relu(norm.forward(body.forward(x)));
    }

    @Override
    public int features() {
        return 5;
    }
}
