package io.juxta.weights;

import io.juxta.weights.pickle.PickleException;
import io.juxta.weights.pickle.StoredTensor;
import java.util.List;
import java.util.Map;

/** Finds the tensors in what a pickle holds, by the keys that lead to them. */
final class TensorTree {
    private static final int DEEPEST = 32;
    private static final int MOST_NODES = 1_000_000;

    private final Map<String, StoredTensor> found;
    private int nodes;

    /** @param found gets the tensors, in their order */
    TensorTree(Map<String, StoredTensor> found) {
        this.found = found;
    }

    /** @throws PickleException when it is nested without end, or holds the same things over and over */
    void walk(Object root) throws PickleException {
        walk("", root, 0);
    }

    private void walk(String path, Object node, int depth) throws PickleException {
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
            throw new PickleException("has a pickle nested deeper than " + DEEPEST + " or of more than " + MOST_NODES
                    + " values: refused");
        }
        if (node instanceof StoredTensor tensor) {
            found.put(path.isEmpty() ? "tensor" : path, tensor);
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
