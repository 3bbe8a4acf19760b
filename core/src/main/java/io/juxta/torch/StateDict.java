package io.juxta.torch;

import io.juxta.natives.Natives;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.StringSharedModuleDict;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The named tensors of a module in the order of Python's {@code state_dict}: for each module its parameters, then its
 * buffers, then its children. The tensors are the module's own, not copies.
 */
@API(status = API.Status.INTERNAL)
public final class StateDict {
    static {
        Natives.torch();
    }

    private StateDict() {}

    /** Parameters and buffers by dotted name. */
    public static Map<String, Tensor> of(Module module) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        collect(module, "", true, all);
        return all;
    }

    /** Parameters alone, by dotted name, in the same order. */
    public static Map<String, Tensor> parameters(Module module) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        collect(module, "", false, all);
        return all;
    }

    /**
     * Copies values into a module, all of them or, where one does not fit, none.
     *
     * @param values one tensor for every name of {@link #of}, of the same shape; more names are an error
     * @throws IllegalArgumentException when a name is missing, unknown or has another shape, naming the first of each
     */
    public static void load(Module module, Map<String, Tensor> values) {
        Map<String, Tensor> own = of(module);
        List<String> missing = new ArrayList<>(own.keySet());
        missing.removeAll(values.keySet());
        List<String> unknown = new ArrayList<>(values.keySet());
        unknown.removeAll(own.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("weights do not fit the model: " + missing.size() + " missing"
                    + first(missing) + ", " + unknown.size() + " unknown" + first(unknown));
        }
        own.forEach((name, tensor) -> {
            Tensor value = Objects.requireNonNull(values.get(name), name);
            if (!shape(value).equals(shape(tensor))) {
                throw new IllegalArgumentException("weights do not fit the model: " + name + " is " + shape(value)
                        + ", the model needs " + shape(tensor));
            }
        });
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            own.forEach((name, tensor) -> tensor.copy_(Objects.requireNonNull(values.get(name), name)));
        }
    }

    /** Changes the floating-point type of every tensor in place; counters stay whole numbers. */
    public static void convert(Module module, ScalarType type) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Tensor tensor : of(module).values()) {
                if (tensor.is_floating_point()) {
                    tensor.set_data(tensor.to(type));
                }
            }
        }
    }

    /**
     * Holds a network that learns no more in a shorter type, in place: the weights of convolutions and matrices. Batch norms
     * keep theirs, as their statistics would lose digits that count. Its inputs must be of that type.
     */
    public static void shorten(Module module, ScalarType type) {
        Map<String, Tensor> all = of(module);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            all.forEach((name, tensor) -> {
                boolean ofNorm = all.containsKey(name.substring(0, name.lastIndexOf('.') + 1) + "running_mean");
                if (tensor.is_floating_point() && !ofNorm) {
                    tensor.set_data(tensor.to(type));
                }
            });
        }
    }

    /** Lays every 4-D tensor out with its channels last, in place; values, names and shapes stay as they are. */
    public static void channelsLast(Module module) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Tensor tensor : of(module).values()) {
                if (tensor.dim() == 4) {
                    tensor.set_data(tensor.contiguous(MemoryFormat.ChannelsLast));
                }
            }
        }
    }

    /** The number of trainable values. */
    public static long parameterCount(Module module) {
        return parameters(module).values().stream().mapToLong(Tensor::numel).sum();
    }

    /** A shape as people write it: {@code (64, 3, 7, 7)}. */
    public static String shape(Tensor tensor) {
        StringBuilder text = new StringBuilder("(");
        for (long i = 0; i < tensor.dim(); i++) {
            text.append(i == 0 ? "" : ", ").append(tensor.size(i));
        }
        return text.append(')').toString();
    }

    private static String first(List<String> names) {
        return names.isEmpty() ? "" : " (" + names.get(0) + ")";
    }

    private static void collect(Module module, String prefix, boolean buffers, Map<String, Tensor> into) {
        add(module.named_parameters(false), prefix, into);
        if (buffers) {
            add(module.named_buffers(false), prefix, into);
        }
        try (StringSharedModuleDict children = module.named_children()) {
            for (long i = 0; i < children.size(); i++) {
                String name = children.get(i).key().getString();
                collect(children.get(i).value(), prefix + name + ".", buffers, into);
            }
        }
    }

    private static void add(StringTensorDict dict, String prefix, Map<String, Tensor> into) {
        try (dict) {
            for (long i = 0; i < dict.size(); i++) {
                // the dictionary's value is a reference into the dictionary: the copy shares the tensor, not the slot
                into.put(
                        prefix + dict.get(i).key().getString(),
                        new Tensor(dict.get(i).value()));
            }
        }
    }
}
