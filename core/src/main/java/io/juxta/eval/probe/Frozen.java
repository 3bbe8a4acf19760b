package io.juxta.eval.probe;

import io.juxta.torch.StateDict;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Holds a module to what it was: the sanity check of main_lincls.py, on every parameter, statistic and counter. */
final class Frozen {
    private final Module module;
    private final Map<String, Tensor> before = new LinkedHashMap<>();

    /** Remembers every tensor of the module as it is now. */
    Frozen(Module module) {
        this.module = module;
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(module)
                    .forEach((name, tensor) -> before.put(name, tensor.detach().clone()));
        }
    }

    /** @throws IllegalStateException when a tensor is no longer what it was, to the last bit, naming the first */
    void check() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(module).forEach((name, now) -> {
                Tensor then = before.get(name);
                if (then == null || !torch.equal(bytes(then), bytes(now))) {
                    throw new IllegalStateException("the frozen encoder changed during the linear probe: " + name
                            + " is no longer what it was; only the classifier may be trained");
                }
            });
        }
    }

    /** As bytes, for a NaN differs from itself and -0 equals 0. */
    private static Tensor bytes(Tensor tensor) {
        return tensor.detach().contiguous().flatten().view(ScalarType.Byte);
    }
}
