package io.juxta.train;

import io.juxta.torch.TensorLists;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** A copy in memory of a learner's state, to go back to when a step goes wrong. */
final class LastGood implements AutoCloseable {
    private final Learner learner;
    private final Map<String, Tensor> copy = new LinkedHashMap<>();

    LastGood(Learner learner) {
        this.learner = learner;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            learner.state()
                    .forEach((name, tensor) ->
                            copy.put(name, tensor.detach().clone().retainReference()));
        }
    }

    /** Takes the learner's state as good. */
    void keep() {
        try (PointerScope scope = new PointerScope()) {
            copy(learner.state(), copy);
        }
    }

    /** Gives the learner the state last kept. */
    void restore() {
        try (PointerScope scope = new PointerScope()) {
            copy(copy, learner.state());
            learner.restored(copy);
        }
    }

    private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
        List<Tensor> sources = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        to.forEach((name, tensor) -> {
            targets.add(tensor);
            sources.add(Objects.requireNonNull(from.get(name), name));
        });
        TensorLists.copy(targets, sources);
    }

    @Override
    public void close() {
        copy.values().forEach(Tensor::close);
    }
}
