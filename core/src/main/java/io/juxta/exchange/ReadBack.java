package io.juxta.exchange;

import io.juxta.torch.StateDict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What was written, from its bytes, beside what was meant: names, shapes, types and values. */
final class ReadBack {
    private ReadBack() {}

    /**
     * @param written as it was read from the file
     * @param meant by the names that the file's reader looks for
     * @throws IOException at the first difference, in one line
     */
    static void requireSame(Map<String, Tensor> written, Map<String, Tensor> meant) throws IOException {
        require(!meant.isEmpty(), "there is nothing in it");
        for (Map.Entry<String, Tensor> named : meant.entrySet()) {
            Tensor own = named.getValue();
            Tensor read = written.get(named.getKey());
            if (read == null) {
                throw amiss(named.getKey() + " is missing");
            }
            boolean alike = StateDict.shape(read).equals(StateDict.shape(own))
                    && read.scalar_type().intern() == own.scalar_type().intern();
            Tensor here = own.detach().cpu();
            require(
                    alike && (read.equal(here) || torch.allclose(read, here, 0, 0, true)),
                    named.getKey() + " is not what it was");
        }
        List<String> more = new ArrayList<>(written.keySet());
        more.removeAll(meant.keySet());
        require(more.isEmpty(), "it has " + more + " as well");
    }

    /** The tensors in a file's root by the names that a reader gives them: those of nested dictionaries joined by slashes. */
    static Map<String, Tensor> named(Map<?, ?> root) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        add("", root, named);
        return named;
    }

    private static void add(String before, Object value, Map<String, Tensor> named) {
        if (value instanceof Tensor tensor) {
            named.put(before, tensor);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> add(before.isEmpty() ? key.toString() : before + "/" + key, child, named));
        }
    }

    /**
     * What import makes of the file: the network that is meant, with every tensor in its place.
     *
     * @throws IOException when it makes something else of it, in one line
     */
    static void requireKnown(Map<String, Tensor> written, Set<Foreign.Kind> kinds) throws IOException {
        try {
            Foreign foreign = Foreign.of(written);
            require(kinds.contains(foreign.kind()), "it is " + foreign.kind());
            Fit fit = Fit.of(foreign);
            fit.mapped().values().forEach(Tensor::close);
            require(fit.isWhole(), "missing " + fit.missing() + ", left over " + fit.leftOver());
        } catch (IllegalArgumentException e) {
            throw new IOException("what was written could not be read back: " + e.getMessage(), e);
        }
    }

    private static void require(boolean holds, String what) throws IOException {
        if (!holds) {
            throw amiss(what);
        }
    }

    private static IOException amiss(String what) {
        return new IOException("what was written could not be read back: " + what);
    }
}
