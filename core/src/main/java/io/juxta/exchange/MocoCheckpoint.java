package io.juxta.exchange;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsException;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * A whole checkpoint of the original's main_moco.py: both encoders, the queue and its pointer, the optimizer's momentum and how many
 * epochs are done, so that training goes on where that program stopped. Its random numbers it does not keep: the order of the images is
 * another.
 *
 * @param state by the names of our learner's state; the caller's scope owns it
 * @param epochs that are done
 */
@API(status = API.Status.INTERNAL)
public record MocoCheckpoint(Path file, Map<String, Tensor> state, int epochs) {
    private static final String STATE = "state_dict/";
    private static final String MODULE = "module.";
    private static final String MOMENTUM = "optimizer/state/";
    private static final String BUFFER = "/momentum_buffer";
    private static final String QUEUE = "queue";

    public MocoCheckpoint {
        state = new LinkedHashMap<>(state);
    }

    /**
     * Reads a checkpoint.
     *
     * @param encoder whose parameters the momentum is of, in their order
     * @return empty where it is not whole, or of another program
     * @throws IOException when it cannot be read, in one line
     */
    public static Optional<MocoCheckpoint> read(Path file, EncoderNetwork encoder) throws IOException {
        WeightsFile weights = WeightsFile.read(file);
        Map<String, Tensor> all = weights.tensors();
        String epoch = weights.metadata().getOrDefault("epoch", "");
        Map<String, Tensor> state = new LinkedHashMap<>();
        all.forEach((name, tensor) -> {
            if (name.startsWith(STATE)) {
                String own = name.substring(STATE.length());
                state.put(own.startsWith(MODULE) ? own.substring(MODULE.length()) : own, tensor);
            }
        });
        boolean whole = state.containsKey(QUEUE)
                && state.containsKey("queue_ptr")
                && state.keySet().stream().anyMatch(name -> name.startsWith("encoder_k."))
                && all.containsKey(MOMENTUM + 0 + BUFFER)
                && epoch.matches("\\d{1,7}");
        if (!whole) {
            return Optional.empty();
        }
        int place = 0;
        for (String name : StateDict.parameters(encoder).keySet()) {
            Tensor momentum = all.get(MOMENTUM + place++ + BUFFER);
            if (momentum != null) {
                state.put("sgd." + name, momentum);
            }
        }
        for (int i = place; all.containsKey(MOMENTUM + i + BUFFER); i++) {
            state.put(MOMENTUM + i + BUFFER, all.get(MOMENTUM + i + BUFFER)); // of no parameter here: left over
        }
        return Optional.of(new MocoCheckpoint(file, state, Integer.parseInt(epoch)));
    }

    /**
     * Refuses to go on where nothing is left to do.
     *
     * @param planned epochs of the run in all
     */
    public void requireLeft(int planned) throws IOException {
        if (epochs >= planned) {
            throw new WeightsException(
                    file + " has " + epochs + " epochs of main_moco.py behind it, and epochs is " + planned
                            + ": set epochs above " + epochs
                            + " to go on, or begin anew with its weights alone, which juxta import"
                            + " writes");
        }
    }

    /**
     * Compares it with a learner's state.
     *
     * @throws IOException when a tensor is of another shape, in one line with the cure
     */
    public StartingWeights fit(Map<String, Tensor> learner) throws IOException {
        Map<String, Tensor> taken = new LinkedHashMap<>();
        List<String> fresh = new ArrayList<>();
        for (Map.Entry<String, Tensor> wanted : learner.entrySet()) {
            String name = wanted.getKey();
            String shape = StateDict.shape(wanted.getValue());
            Tensor value = state.get(name);
            if (value == null) {
                fresh.add(name + " " + shape);
            } else if (!StateDict.shape(value).equals(shape)) {
                throw new WeightsException(
                        file + " is a whole checkpoint of main_moco.py of another shape: " + name + " is "
                                + StateDict.shape(value) + ", not " + shape + "; set "
                                + (name.equals(QUEUE)
                                        ? "K=" + value.size(1) + " and dim=" + value.size(0)
                                        : "arch, stem, width, head and dim")
                                + " to its own, or begin with its weights alone, which juxta import writes");
            } else {
                taken.put(name, value);
            }
        }
        List<String> leftOver = state.entrySet().stream()
                .filter(entry -> !taken.containsKey(entry.getKey()))
                .map(entry -> entry.getKey() + " " + StateDict.shape(entry.getValue()))
                .toList();
        return new StartingWeights(taken, fresh, leftOver, Optional.empty());
    }
}
