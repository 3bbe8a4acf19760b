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

/** A copy in memory of what a step changes for good, to go back to when it goes wrong. */
final class LastGood implements AutoCloseable {
    private final Learner learner;
    private final Map<String, Tensor> copy = new LinkedHashMap<>();

    LastGood(Learner learner) {
        this.learner = learner;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Map<String, Tensor> state = new LinkedHashMap<>(learner.state());
            state.keySet().removeAll(learner.repeatable());
            state.forEach(
                    (name, tensor) -> copy.put(name, tensor.detach().clone().retainReference()));
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
            Map<String, Tensor> state = new LinkedHashMap<>(learner.state());
            Map<String, Tensor> kept = new LinkedHashMap<>(state);
            kept.putAll(copy);
            state.keySet().removeAll(learner.repeatable());
            copy(copy, state);
            learner.restored(kept);
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
