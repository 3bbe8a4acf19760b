package io.juxta.weights.pickle;

import java.util.List;
import org.apiguardian.api.API;

/** An array of numpy's, as its pickle makes it: empty at first, and then what its state says. */
@API(status = API.Status.INTERNAL)
public final class NumpyArray {
    private static final List<String> MODULES = List.of("numpy.core.multiarray", "numpy._core.multiarray");

    private List<Long> shape = List.of();
    private Object type = Unpickler.NONE;
    private Object data = Unpickler.NONE;
    private boolean columnsFirst;

    /** A type of numpy's values. */
    static final class Type {
        private final String name;
        private String order = "|";

        Type(String name) {
            this.name = name;
        }

        /** @param state version, byte order and what only structures have */
        void state(Object state) throws PickleException {
            List<?> parts = Unpickler.cast(state, List.class);
            if (parts.size() > 1 && parts.get(1) instanceof String text) {
                order = text;
            }
        }
    }

    static boolean isMade(Global function) {
        return MODULES.stream().anyMatch(module -> function.is(module, "_reconstruct"));
    }

    /** @param state version, shape, type, whether the first index is the fastest, and the bytes */
    void state(Object state) throws PickleException {
        List<?> parts = Unpickler.cast(state, List.class);
        if (parts.size() != 5) {
            throw new PickleException("has an array of " + parts.size() + " parts instead of 5");
        }
        shape = TorchClasses.numbers(Unpickler.cast(parts.get(1), List.class));
        type = parts.get(2);
        columnsFirst = Boolean.TRUE.equals(parts.get(3));
        data = parts.get(4);
    }

    /** Its sides. */
    public List<Long> shape() {
        return shape;
    }

    /** What its type is called, such as {@code f4}, where the values lie as this machine and Java's tensors have them; else empty. */
    public String type() {
        return !columnsFirst && type instanceof Type known && known.order.equals("<") ? known.name : "";
    }

    /** What the reader made of its bytes. */
    public Object data() {
        return data;
    }
}
