package io.juxta.weights.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What PyTorch's own classes and functions mean in a pickle (torch/_utils.py, torch/serialization.py). */
final class TorchClasses {
    private static final String UTILS = "torch._utils";
    private static final int DIMENSIONS = 64;

    private TorchClasses() {}

    /** @param id ("storage", its class, key, device, length) and, in old files, a view: None */
    static Storage storage(Object id) throws PickleException {
        List<?> parts = Unpickler.cast(id, List.class);
        if (parts.size() < 5 || !"storage".equals(parts.get(0))) {
            throw new PickleException("refers to something outside that is no storage");
        }
        if (parts.size() > 5 && parts.get(5) != Unpickler.NONE) {
            throw new PickleException("has a storage that is a view of another, as before PyTorch 0.4: not read");
        }
        Global type = Unpickler.cast(parts.get(1), Global.class);
        return new Storage(
                type.name(), Unpickler.cast(parts.get(2), String.class), Unpickler.cast(parts.get(4), Long.class));
    }

    /** What a call would have made. */
    static Object made(Object called, List<Object> arguments) throws PickleException {
        Global function = Unpickler.cast(called, Global.class);
        if (function.is("collections", "OrderedDict")) {
            return ordered(arguments);
        }
        if (function.is(UTILS, "_rebuild_tensor_v2") || function.is(UTILS, "_rebuild_tensor")) {
            return tensor(arguments);
        }
        if (function.is(UTILS, "_rebuild_parameter") || function.is(UTILS, "_rebuild_parameter_with_state")) {
            return argument(arguments, 0, Object.class);
        }
        if (function.is("torch", "Size")) {
            return argument(arguments, 0, List.class);
        }
        if (NumpyArray.isMade(function)) {
            return new NumpyArray();
        }
        if (function.is("numpy", "dtype") && !arguments.isEmpty() && arguments.get(0) instanceof String name) {
            return new NumpyArray.Type(name);
        }
        return function;
    }

    private static Map<Object, Object> ordered(List<Object> arguments) throws PickleException {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (!arguments.isEmpty()) {
            for (Object pair : argument(arguments, 0, List.class)) {
                List<?> both = Unpickler.cast(pair, List.class);
                if (both.size() != 2) {
                    throw new PickleException("has a dictionary's key without value");
                }
                Unpickler.put(map, Unpickler.cast(both.get(0), String.class), both.get(1));
            }
        }
        return map;
    }

    private static StoredTensor tensor(List<Object> arguments) throws PickleException {
        return new StoredTensor(
                argument(arguments, 0, Storage.class),
                argument(arguments, 1, Long.class),
                numbers(argument(arguments, 2, List.class)),
                numbers(argument(arguments, 3, List.class)));
    }

    /** Sides or strides: no more than libtorch's tensors have. */
    static List<Long> numbers(List<?> values) throws PickleException {
        if (values.size() > DIMENSIONS) {
            throw new PickleException("has a tensor of " + values.size() + " dimensions: read are up to " + DIMENSIONS);
        }
        List<Long> numbers = new ArrayList<>();
        for (Object value : values) {
            numbers.add(Unpickler.cast(value, Long.class));
        }
        return numbers;
    }

    private static <T> T argument(List<Object> arguments, int number, Class<T> type) throws PickleException {
        if (number >= arguments.size()) {
            throw new PickleException("has a tensor of too few parts");
        }
        return Unpickler.cast(arguments.get(number), type);
    }
}
