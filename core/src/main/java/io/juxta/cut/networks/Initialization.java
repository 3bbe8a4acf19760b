package io.juxta.cut.networks;

import io.juxta.torch.StateDict;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.FanModeType;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Nonlinearity;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kFanIn;
import org.bytedeco.pytorch.kLeakyReLU;

/** How weights of convolutions and linear layers begin. Vectors begin at 0, those of batch norm about 1. */
@API(status = API.Status.INTERNAL)
public enum Initialization {
    /** Normal, its variance the gain's square times 2 / (fan-in + fan-out) (Glorot and Bengio 2010): CUT's. */
    XAVIER,
    /** Normal, its standard deviation the gain: CycleGAN's. */
    NORMAL,
    /** Normal, its variance 2 / fan-in (He et al., 2015); the gain has no say. */
    KAIMING,
    /** Rows or columns at right angles (Saxe et al., 2014), times the gain. */
    ORTHOGONAL;

    /** Fills all parameters of a network from libtorch's generator. */
    public void fill(Module network, double gain) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(network).forEach((name, parameter) -> {
                if (parameter.dim() > 1) {
                    weights(parameter, gain);
                } else if (name.endsWith(".bias")) {
                    parameter.zero_();
                } else {
                    parameter.normal_(1, gain, new org.bytedeco.pytorch.GeneratorOptional());
                }
            });
        }
    }

    private void weights(Tensor weight, double gain) {
        switch (this) {
            case XAVIER -> torch.xavier_normal_(weight, gain);
            case NORMAL -> torch.normal_(weight, 0, gain);
            case KAIMING ->
                torch.kaiming_normal_(weight, 0, new FanModeType(new kFanIn()), new Nonlinearity(new kLeakyReLU()));
            case ORTHOGONAL -> torch.orthogonal_(weight, gain);
        }
    }
}
