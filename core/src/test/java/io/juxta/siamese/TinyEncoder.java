package io.juxta.siamese;

import io.juxta.Filler;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.Perceptron;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Linear(6,5), batch norm, ReLU, and a projector: what the goldens were made with. */
final class TinyEncoder extends EncoderNetwork {
    private final LinearImpl body = register_module("body", Layers.linear(6, 5));
    private final BatchNorm norm = register_module("norm", new BatchNorm(5, 1));
    private final Perceptron projector;

    TinyEncoder(List<Integer> widths, Perceptron.Form form) {
        super("TinyEncoder");
        projector = register_module("projector", new Perceptron(5, widths, form));
    }

    @Override
    public Tensor pooled(Tensor x) {
        return torch.relu(norm.forward(body.forward(x)));
    }

    @Override
    public Tensor head(Tensor pooled) {
        return projector.forward(pooled);
    }

    @Override
    public int features() {
        return 5;
    }

    /**
     * Fills parameters by their tags, layer by layer.
     *
     * @param tag of the first
     * @param skipped places that the golden's program had a parameter at which is not here: a frozen bias
     * @return the tag behind the last
     */
    static int fill(Module module, int tag, ScalarType type, int... skipped) {
        StateDict.convert(module, type);
        int next = tag;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (var named : StateDict.parameters(module).entrySet()) {
                Tensor parameter = named.getValue();
                if (parameter.dim() == 2) {
                    long in = parameter.size(1);
                    parameter.copy_(Filler.tensor(next, 1 / Math.sqrt(in), type, parameter.size(0), in));
                } else if (named.getKey().endsWith("weight")) {
                    parameter.fill_(new org.bytedeco.pytorch.Scalar(1));
                } else {
                    parameter.zero_();
                }
                next++;
                for (int skip : skipped) {
                    next += skip == next ? 1 : 0;
                }
            }
        }
        return next;
    }
}
