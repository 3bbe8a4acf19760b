package io.juxta.train;

import io.juxta.distributed.Communicator;
import io.juxta.torch.TensorLists;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Learners of several processes that are one: the same state before every step, hence the same after it. */
@API(status = API.Status.INTERNAL)
public final class Replicas {
    private Replicas() {}

    /**
     * Gives every process what rank 0 has, freshly drawn or read from a checkpoint.
     *
     * @param at where rank 0 stands
     * @return the same in all processes; the sums of metrics are rank 0's alone
     */
    public static Position followFirst(Communicator communicator, Learner learner, Position at) {
        if (communicator.size() == 1) {
            return at;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Map<String, Tensor> own = learner.state();
            Map<String, Tensor> values = new LinkedHashMap<>();
            own.forEach((name, tensor) -> {
                Tensor value = tensor.detach().clone().contiguous();
                communicator.broadcast(value, 0);
                values.put(name, value);
            });
            TensorLists.copy(new ArrayList<>(own.values()), new ArrayList<>(values.values()));
            learner.restored(values);
        }
        String[] place =
                communicator.broadcast(at.epoch() + " " + at.batch(), 0).split(" ", 2);
        return communicator.isFirst()
                ? at
                : new Position(Integer.parseInt(place[0]), Integer.parseInt(place[1]), Map.of(), 0, 0);
    }

    /**
     * Rank 0's learning rate in all processes, where it follows from what rank 0 alone knows. All ask it the same, in the
     * same order.
     */
    public static Schedule ofFirst(Communicator communicator, Schedule own) {
        return (epoch, batch, batches, epochs) ->
                Double.parseDouble(communicator.broadcast(Double.toString(own.at(epoch, batch, batches, epochs)), 0));
    }
}
