package io.juxta.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Computes in a scope of its own, which only the results outlive. What a network makes on its way is then held by nobody but
 * the gradients' graph, which gives it up in the backward pass as soon as it was used, and without gradients by nobody at all.
 * In the scope of a whole step it would stay until the step ends: a pass without gradients would keep all of its activations,
 * and a backward pass all of them beside all gradients.
 */
@API(status = API.Status.INTERNAL)
public final class Scoped {
    private Scoped() {}

    /**
     * One result.
     *
     * @return the tensor that was computed, in the caller's scope
     */
    public static Tensor of(Supplier<Tensor> computation) {
        return all(() -> List.of(computation.get())).get(0);
    }

    /**
     * Several results.
     *
     * @return the tensors that were computed, in the caller's scope
     */
    public static List<Tensor> all(Supplier<List<Tensor>> computation) {
        PointerScope outer = PointerScope.getInnerScope();
        List<Tensor> results = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            for (Tensor computed : computation.get()) {
                // what works in place gives a reference to its input's handle: the copy shares the tensor, not the
                // handle
                Tensor result = new Tensor(computed);
                if (outer == null) {
                    result.retainReference();
                } else {
                    outer.attach(result);
                }
                results.add(result);
            }
        }
        return results;
    }
}
