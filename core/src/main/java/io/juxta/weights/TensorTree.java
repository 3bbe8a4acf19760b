package io.juxta.weights;

import io.juxta.weights.pickle.PickleException;
import io.juxta.weights.pickle.StoredTensor;
import java.util.List;
import java.util.Map;

/** Finds the tensors in what a pickle holds, by the keys that lead to them. */
final class TensorTree {
    private static final int DEEPEST = 32;
    private static final int MOST_NODES = 1_000_000;

    private static final long MOST_CHARACTERS = 16 << 20;

    private final Map<String, StoredTensor> found;
    private long nodes;
    private long characters;

    /**
     * What a pickle remembers it can give again for two bytes: the values that are found, and the names that lead to them, are
     * therefore no more than its bytes could hold a few times.
     *
     * @param found gets the tensors, in their order
     * @param bytes of the pickle
     */
    TensorTree(Map<String, StoredTensor> found, long bytes) {
        this.found = found;
        nodes = Math.min(MOST_NODES, 1000 + 2 * Math.min(bytes, MOST_NODES));
        characters = Math.min(MOST_CHARACTERS, (1 << 20) + 16 * Math.min(bytes, MOST_CHARACTERS));
    }

    /** @throws PickleException when it is nested without end, or holds the same things over and over */
    void walk(Object root) throws PickleException {
        walk("", root, 0);
    }

    private void walk(String path, Object node, int depth) throws PickleException {
        if (depth > DEEPEST || --nodes < 0) {
            throw new PickleException("has a pickle nested deeper than " + DEEPEST
                    + " or of more than twice as many values as bytes: refused");
        }
        if (node instanceof StoredTensor tensor) {
            String name = path.isEmpty() ? "tensor" : path;
            characters -= name.length();
            if (characters < 0) {
                throw new PickleException("has names of tensors that are longer in all than its bytes: refused");
            }
            if (found.put(name, tensor) != null) {
                throw new PickleException("has two tensors that are called " + name + ": which is meant is not said");
            }
        } else if (node instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                walk(below(path, entry.getKey().toString()), entry.getValue(), depth + 1);
            }
        } else if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                walk(below(path, Integer.toString(i)), list.get(i), depth + 1);
            }
        }
    }

    private static String below(String path, String key) throws PickleException {
        if (path.length() + key.length() > 10_000) {
            throw new PickleException("has a tensor's name of more than 10,000 characters: refused");
        }
        return path.isEmpty() ? key : path + "/" + key;
    }
}
