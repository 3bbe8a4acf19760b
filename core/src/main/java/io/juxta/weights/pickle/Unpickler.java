package io.juxta.weights.pickle;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apiguardian.api.API;

/**
 * Reads a pickle of protocol 2 to 4 as data (the format: Python's pickletools): dictionaries become maps in their order, lists
 * and tuples lists; PyTorch's tensors {@link StoredTensor}s. A class or function is never looked for, let alone called: what is
 * not known here stays a {@link Global}.
 */
@API(status = API.Status.INTERNAL)
public final class Unpickler {
    /** The value None. */
    public static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /** A checkpoint of ten thousand tensors has some hundred thousand. */
    private static final int MOST_OPCODES = 5_000_000;

    private static final long MOST_COPIES = 1_000_000;

    private static final Object MARK = new Object();

    private final PickleBytes in;
    private final Function<byte[], Object> arrays;
    /** Entries that dictionaries may still be given of lists that are there already, and that may be given again. */
    private long copies;

    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private Unpickler(PickleBytes in, Function<byte[], Object> arrays) {
        this.in = in;
        this.arrays = arrays;
        copies = Math.min(MOST_COPIES, in.left());
    }

    /**
     * Reads one pickle to its end.
     *
     * @return maps, lists, texts, {@link Long}s, {@link BigInteger}s, {@link Double}s, {@link Boolean}s, byte arrays, {@link
     *     #NONE}, {@link StoredTensor}s, {@link Storage}s, {@link NumpyArray}s and {@link Global}s; a map or list may hold itself
     * @throws IOException when it is cut short, is no pickle, or is refused, in one line
     */
    public static Object read(PickleBytes in) throws IOException {
        return read(in, bytes -> bytes);
    }

    /**
     * As {@link #read(PickleBytes)}.
     *
     * @param arrays what is kept of a byte array: large ones need not stay in Java's heap
     */
    public static Object read(PickleBytes in, Function<byte[], Object> arrays) throws IOException {
        Unpickler unpickler = new Unpickler(in, arrays);
        for (int count = 0; count < MOST_OPCODES; count++) {
            int opcode = in.next();
            if (opcode == '.') {
                return unpickler.pop();
            }
            unpickler.run(opcode);
        }
        throw new PickleException("has a pickle of more than " + MOST_OPCODES + " steps");
    }

    private void run(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> protocol();
            case 0x95 -> in.next(8); // a frame's length
            case '(' -> stack.add(MARK);
            case '0' -> pop();
            case '1' -> marked();
            case '2' -> stack.add(top());
            case 'N' -> stack.add(NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) (int) in.number(4));
            case 'K' -> stack.add(in.number(1));
            case 'M' -> stack.add(in.number(2));
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.whole())));
            case 0x8a -> whole(in.number(1));
            case 0x8b -> whole(in.number(4));
            case 'X' -> stack.add(in.text(in.number(4)));
            case 0x8c -> stack.add(in.text(in.number(1)));
            case 0x8d -> stack.add(in.text(in.whole()));
            case 'T', 'B' -> stack.add(arrays.apply(in.next(in.number(4))));
            case 'U', 'C' -> stack.add(arrays.apply(in.next(in.number(1))));
            case 0x8e -> stack.add(arrays.apply(in.next(in.whole())));
            case '}' -> stack.add(new LinkedHashMap<>());
            case ']', ')', 0x8f -> stack.add(new ArrayList<>());
            case 't', 'l', 0x91 -> stack.add(marked());
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 'a' -> list(List.of(pop()));
            case 'e', 0x90 -> list(marked());
            case 's' -> {
                Object value = pop();
                items(List.of(pop(), value));
            }
            case 'u' -> items(marked());
            case 'd' -> {
                List<Object> pairs = marked();
                stack.add(new LinkedHashMap<>());
                items(pairs);
            }
            case 'q' -> memo.put(in.number(1), top());
            case 'r' -> memo.put(in.number(4), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> stack.add(remembered(in.number(1)));
            case 'j' -> stack.add(remembered(in.number(4)));
            case 'c' -> stack.add(new Global(in.line(), in.line()));
            case 0x93 -> {
                String name = pop(String.class);
                stack.add(new Global(pop(String.class), name));
            }
            case 'Q' -> stack.add(TorchClasses.storage(pop()));
            case 'R' -> {
                List<Object> arguments = popList();
                count(arguments);
                stack.add(TorchClasses.made(pop(), arguments));
            }
            case 0x81 -> {
                pop();
                stack.add(pop(Global.class));
            }
            case 0x92 -> {
                pop();
                pop();
                stack.add(pop(Global.class));
            }
            case 'b' -> state(pop());
            default ->
                throw new PickleException(String.format(
                        Locale.ROOT, "has the byte 0x%02x where a pickle of protocol 2 to 4 has none", opcode));
        }
    }

    /** A call may copy the lists that it is given: of one list, again and again, that is more than the file has. */
    private void count(List<Object> arguments) throws PickleException {
        for (Object argument : arguments) {
            copies -= argument instanceof List<?> list ? list.size() : 0;
        }
        if (copies < 0) {
            throw new PickleException("has a pickle that copies the same lists over and over: refused");
        }
    }

    /** Of arrays the values; of what else there is something that only Python needs, such as a dictionary's _metadata. */
    private void state(Object state) throws PickleException {
        Object built = top();
        if (built instanceof NumpyArray array) {
            array.state(state);
        } else if (built instanceof NumpyArray.Type type) {
            type.state(state);
        }
    }

    private void protocol() throws IOException {
        int protocol = in.next();
        if (protocol < 2 || protocol > 5) {
            throw new PickleException("has a pickle of protocol " + protocol + ": read are 2 to 5");
        }
    }

    private void whole(long bytes) throws IOException {
        if (bytes > 16) {
            throw new PickleException("has a whole number of " + bytes + " bytes: read are up to 16");
        }
        byte[] little = in.next(bytes);
        byte[] big = new byte[little.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = little[little.length - 1 - i];
        }
        BigInteger value = big.length == 0 ? BigInteger.ZERO : new BigInteger(big);
        stack.add(value.bitLength() < 64 ? (Object) value.longValue() : value);
    }

    private Object top() throws PickleException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new PickleException("has a pickle that takes what is not there");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws PickleException {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private <T> T pop(Class<T> type) throws PickleException {
        return cast(pop(), type);
    }

    static <T> T cast(Object value, Class<T> type) throws PickleException {
        if (!type.isInstance(value)) {
            throw new PickleException("has a pickle with " + kind(value) + " where "
                    + type.getSimpleName().toLowerCase(java.util.Locale.ROOT) + " belongs");
        }
        return type.cast(value);
    }

    private static String kind(Object value) {
        return value.getClass().getSimpleName().isEmpty()
                ? "None"
                : value.getClass().getSimpleName();
    }

    @SuppressWarnings("unchecked") // lists made here hold objects
    private List<Object> popList() throws PickleException {
        return (List<Object>) pop(List.class);
    }

    /** All above the last mark, and the mark gone. */
    private List<Object> marked() throws PickleException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new PickleException("has a pickle that takes what is not there");
        }
        List<Object> above = stack.subList(mark, stack.size());
        List<Object> taken = new ArrayList<>(above.subList(1, above.size()));
        above.clear();
        return taken;
    }

    private void tuple(int length) throws PickleException {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            values.add(0, pop());
        }
        stack.add(values);
    }

    @SuppressWarnings("unchecked") // lists made here hold objects
    private void list(List<Object> values) throws PickleException {
        Object target = top();
        if (target instanceof List) {
            ((List<Object>) target).addAll(values);
        } else if (!(target instanceof Global)) {
            throw new PickleException("has a pickle that adds to " + kind(target));
        }
    }

    @SuppressWarnings("unchecked") // maps made here hold objects
    private void items(List<Object> pairs) throws PickleException {
        Object target = top();
        if (target instanceof Global) {
            return;
        }
        Map<Object, Object> map = (Map<Object, Object>) cast(target, Map.class);
        if (pairs.size() % 2 != 0) {
            throw new PickleException("has a dictionary's key without value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            // a key of another kind could hold itself, and would be asked for its hash
            boolean plain = key instanceof String || key instanceof Number || key instanceof Boolean || key == NONE;
            put(map, plain ? key : new Unnamed(map.size()), pairs.get(i + 1));
        }
    }

    /** A key that is no name: each is another. */
    private static final class Unnamed {
        private final int place;

        Unnamed(int place) {
            this.place = place;
        }

        @Override
        public String toString() {
            return "key " + place;
        }
    }

    /** Python would take the last of two; which of them was meant is not to be guessed. */
    static void put(Map<Object, Object> map, Object key, Object value) throws PickleException {
        if (map.containsKey(key)) {
            throw new PickleException("has the key " + key + " twice in one dictionary: which is meant is not said");
        }
        map.put(key, value);
    }

    private Object remembered(long number) throws PickleException {
        Object value = memo.get(number);
        if (value == null) {
            throw new PickleException("has a pickle that remembers what it never saw");
        }
        return value;
    }
}
