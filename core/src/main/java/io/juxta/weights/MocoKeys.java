package io.juxta.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * The names of a model's tensors in the checkpoints of the original MoCo (facebookresearch/moco, main_moco.py and
 * moco/builder.py): the queue, its pointer, the query encoder, the key encoder, each name prefixed {@code module.}.
 *
 * <p>A ResNet-50 has 642 of them with MoCo v1's head, 646 with v2's.
 */
@API(status = API.Status.INTERNAL)
public final class MocoKeys {
    private static final String MODULE = "module.";
    private static final String QUEUE = "queue";
    private static final String POINTER = "queue_ptr";

    /** One of the two encoders. */
    public enum Side {
        /** Trained by gradients; the one that is evaluated and transferred. */
        QUERY("encoder_q."),
        /** The query encoder's moving average. */
        KEY("encoder_k.");

        private final String prefix;

        Side(String prefix) {
            this.prefix = prefix;
        }
    }

    private MocoKeys() {}

    /**
     * The original's state dict.
     *
     * @param query the query encoder's tensors, as {@link io.juxta.torch.StateDict#of} names and orders them
     * @param key the key encoder's, likewise
     * @param queue (dim, K), one key a column
     * @param pointer int64 (1): the column that the next key replaces
     * @return the same tensors in the original's order
     */
    public static Map<String, Tensor> join(
            Map<String, Tensor> query, Map<String, Tensor> key, Tensor queue, Tensor pointer) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put(MODULE + QUEUE, queue);
        all.put(MODULE + POINTER, pointer);
        query.forEach((name, tensor) -> all.put(MODULE + Side.QUERY.prefix + name, tensor));
        key.forEach((name, tensor) -> all.put(MODULE + Side.KEY.prefix + name, tensor));
        return all;
    }

    /**
     * One encoder's tensors under their own names, the head among them. Names without {@code module.}, as models trained
     * without DistributedDataParallel have them, are understood too.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Map<String, Tensor> encoder(Map<String, Tensor> checkpoint, Side side) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        checkpoint.forEach((name, tensor) -> {
            String plain = plain(name);
            if (plain.startsWith(side.prefix)) {
                own.put(plain.substring(side.prefix.length()), tensor);
            }
        });
        if (own.isEmpty()) {
            throw new IllegalArgumentException("no tensor is called " + MODULE + side.prefix + "*; the first of "
                    + checkpoint.size() + " is "
                    + checkpoint.keySet().stream().findFirst().orElse("missing"));
        }
        return own;
    }

    /** What {@link #encoder} gives without the head {@code fc.*}: what the linear probe keeps (main_lincls.py). */
    public static Map<String, Tensor> backbone(Map<String, Tensor> checkpoint, Side side) {
        Map<String, Tensor> own = encoder(checkpoint, side);
        own.keySet().removeIf(name -> name.startsWith("fc."));
        return own;
    }

    /**
     * The queue, (dim, K).
     *
     * @throws IllegalArgumentException when the checkpoint has none, as released weights do not
     */
    public static Tensor queue(Map<String, Tensor> checkpoint) {
        return find(checkpoint, QUEUE);
    }

    /**
     * The queue's pointer, int64 (1).
     *
     * @throws IllegalArgumentException when the checkpoint has none, as released weights do not
     */
    public static Tensor pointer(Map<String, Tensor> checkpoint) {
        return find(checkpoint, POINTER);
    }

    /**
     * The state of the original's optimizer, {@code torch.optim.SGD} over the parameters of both encoders, of which the
     * key encoder's have none.
     *
     * @param momentum the momentum buffer of each parameter of the query encoder, in their order
     * @param lr the learning rate of the last step, which the original sets anew each epoch
     * @return what {@code load_state_dict} of such an optimizer takes
     */
    public static Map<String, Object> optimizer(
            List<Tensor> momentum, double lr, double momentumFactor, double weightDecay) {
        Map<Object, Object> state = new LinkedHashMap<>();
        for (int i = 0; i < momentum.size(); i++) {
            state.put(i, Map.of("momentum_buffer", momentum.get(i)));
        }
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("lr", lr);
        group.put("momentum", momentumFactor);
        group.put("dampening", 0);
        group.put("weight_decay", weightDecay);
        group.put("nesterov", false);
        group.put("params", IntStream.range(0, 2 * momentum.size()).boxed().toList());
        Map<String, Object> optimizer = new LinkedHashMap<>();
        optimizer.put("state", state);
        optimizer.put("param_groups", List.of(group));
        return optimizer;
    }

    private static Tensor find(Map<String, Tensor> checkpoint, String wanted) {
        return checkpoint.entrySet().stream()
                .filter(named -> plain(named.getKey()).equals(wanted))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tensor is called " + MODULE + wanted
                        + ": weights without it can be evaluated, not resumed"));
    }

    private static String plain(String name) {
        return name.startsWith(MODULE) ? name.substring(MODULE.length()) : name;
    }
}
