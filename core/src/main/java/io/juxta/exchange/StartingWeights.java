package io.juxta.exchange;

import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What an encoder that is to be trained takes over from weights that are there already: its backbone, whole, and its head where that
 * has the same shape; another head begins fresh.
 *
 * @param taken tensors by the encoder's names; the caller's scope owns them
 * @param fresh what begins with random weights, with shapes
 * @param leftOver what the weights have and the encoder does not take, with shapes
 * @param heldIn the shorter type that the file holds values in; empty where they are float32
 */
@API(status = API.Status.INTERNAL)
public record StartingWeights(
        Map<String, Tensor> taken, List<String> fresh, List<String> leftOver, Optional<String> heldIn) {
    /** What stands before the names of the encoder in checkpoints of MoCo and of the others. */
    private static final List<String> PREFIXES = List.of("encoder_q.", "encoder.");

    private static final int SHOWN = 3;

    public StartingWeights {
        taken = new LinkedHashMap<>(taken);
        fresh = List.copyOf(fresh);
        leftOver = List.copyOf(leftOver);
    }

    /**
     * Compares weights with an encoder.
     *
     * @param file whatever {@link KnownWeights} takes
     * @throws IOException when they cannot be read, or are of another network than the encoder, in one line that says what differs
     */
    public static StartingWeights of(Path file, Module encoder) throws IOException {
        try (KnownWeights known = KnownWeights.read(file)) {
            Map<String, Tensor> own = own(known.weights().tensors());
            Map<String, Tensor> wanted = StateDict.of(encoder);
            Map<String, Tensor> taken = new LinkedHashMap<>();
            List<String> fresh = new ArrayList<>();
            List<String> differs = new ArrayList<>();
            wanted.forEach((name, tensor) -> {
                Tensor value = own.get(name);
                if (value != null
                        && StateDict.shape(value).equals(StateDict.shape(tensor))
                        && !(isHead(name) && isNothing(own))) {
                    taken.put(name, value.detach().clone());
                } else if (isHead(name)) {
                    fresh.add(name + " " + StateDict.shape(tensor));
                } else {
                    differs.add(name
                            + (value == null
                                    ? " is not there"
                                    : " is " + StateDict.shape(value) + ", not " + StateDict.shape(tensor)));
                }
            });
            if (!differs.isEmpty()) {
                throw new IOException(file + " is of another network than this recipe's: " + shown(differs)
                        + "; set arch, stem and width to its own");
            }
            List<String> leftOver = own.entrySet().stream()
                    .filter(named -> !taken.containsKey(named.getKey()))
                    .map(named -> named.getKey() + " " + StateDict.shape(named.getValue()))
                    .toList();
            return new StartingWeights(taken, fresh, leftOver, known.heldIn());
        }
    }

    private static Map<String, Tensor> own(Map<String, Tensor> tensors) {
        for (String prefix : PREFIXES) {
            Map<String, Tensor> own = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), tensor);
                }
            });
            if (!own.isEmpty()) {
                return own;
            }
        }
        return tensors;
    }

    private static boolean isHead(String name) {
        return name.startsWith("fc.")
                || name.startsWith("projection_head.")
                || name.startsWith("projector.")
                || name.startsWith("last_layer.")
                || name.startsWith("prototypes.")
                || name.startsWith("head.");
    }

    /** Whether the head is the one that changes nothing, which stands where a backbone came alone. */
    private static boolean isNothing(Map<String, Tensor> own) {
        Tensor weight = own.get("fc.weight");
        try (PointerScope scope = new PointerScope()) {
            return weight != null
                    && weight.dim() == 2
                    && weight.size(0) == weight.size(1)
                    && weight.equal(torch.eye(weight.size(0)).to(weight.scalar_type()));
        }
    }

    /** Copies what is taken into the encoder. */
    public void into(Module encoder) {
        into(StateDict.of(encoder));
    }

    /** Copies what is taken into tensors of the same names. */
    public void into(Map<String, Tensor> own) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            taken.forEach((name, tensor) -> {
                Tensor place = own.get(name);
                if (place != null) {
                    place.copy_(tensor);
                }
            });
        }
    }

    /** What came of it, in a line. */
    public String told() {
        return String.format(
                Locale.ROOT,
                "%,d tensors taken; fresh: %s; left over: %s%s",
                taken.size(),
                fresh.isEmpty() ? "nothing" : shown(fresh),
                leftOver.isEmpty() ? "nothing" : shown(leftOver),
                heldIn.map(type -> "; they were held in " + type + ", and go on in float32")
                        .orElse(""));
    }

    static String shown(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? first + " and " + (names.size() - SHOWN) + " more" : first;
    }
}
