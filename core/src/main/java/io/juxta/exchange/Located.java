package io.juxta.exchange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * An encoder found among the tensors of a file, wherever its program keeps it: {@code backbone.}, {@code encoder.},
 * {@code resnet.}, {@code state_dict/model.} or whatever else stands before its names.
 *
 * @param prefix before its names; of a nested dictionary's keys, a slash stands between them
 * @param layout of its names
 * @param network its tensors under torchvision's names, and what else lies below the prefix
 * @param aside names of all that lies elsewhere
 * @param passedOver prefixes of other networks in the file, which are not taken
 */
record Located(String prefix, Layout layout, Map<String, Tensor> network, List<String> aside, List<String> passedOver) {
    /**
     * What tells one of two networks of a file from the other, and which of them the programs' own evaluations take: DINO's the
     * teacher, MoCo's the query encoder, timm's the moving average, solo-learn's and lightly's the one that was trained.
     */
    private static final List<String> PREFERRED = List.of("teacher", "_ema", "ema_", "ema.", "encoder_q");

    private static final List<String> SECOND =
            List.of("momentum", "encoder_k", "student", "target", "key_encoder", "backbone_k", "ema_old");

    /** The wrappers of DistributedDataParallel and of torch.compile, wherever they stand. */
    private static final List<String> WRAPPERS = List.of("_orig_mod.", "module.");

    Located {
        network = new LinkedHashMap<>(network);
        aside = List.copyOf(aside);
        passedOver = List.copyOf(passedOver);
    }

    /** What a person should know of it: where it was found, and under which names. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!prefix.isEmpty() || !layout.isUsual()) {
            notes.add("found under " + shown(prefix) + (layout.isUsual() ? "" : ", with " + layout));
        }
        if (!passedOver.isEmpty()) {
            notes.add("of several networks; not taken: "
                    + String.join(", ", passedOver.stream().map(Located::shown).toList()));
        }
        return notes;
    }

    private record Candidate(String prefix, Layout layout) {
        int rank() {
            if (PREFERRED.stream().anyMatch(prefix::contains)) {
                return 0;
            }
            return SECOND.stream().anyMatch(prefix::contains) ? 2 : 1;
        }
    }

    /**
     * Looks for one.
     *
     * @param tensors by the names of {@link #unwrapped}
     * @throws IllegalArgumentException when there are several and nothing says which is meant, in one line
     */
    static Optional<Located> in(Map<String, Tensor> tensors) {
        List<Candidate> candidates = candidates(tensors.keySet());
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        candidates.sort(Comparator.comparingInt(Candidate::rank));
        Candidate taken = candidates.get(0);
        if (candidates.size() > 1 && candidates.get(1).rank() == taken.rank()) {
            throw new IllegalArgumentException("holds several networks, and nothing says which is meant: "
                    + candidates.stream()
                            .map(Candidate::prefix)
                            .map(Located::shown)
                            .toList()
                    + "; juxta import --part PREFIX takes one");
        }
        Set<String> names = Layout.within(tensors.keySet(), taken.prefix());
        UnaryOperator<String> naming = taken.layout().toTorchvision(names);
        Map<String, Tensor> network = new LinkedHashMap<>();
        List<String> aside = new ArrayList<>();
        List<String> others = candidates.stream().skip(1).map(Candidate::prefix).toList();
        tensors.forEach((name, tensor) -> {
            boolean other = others.stream()
                    .anyMatch(prefix -> prefix.length() > taken.prefix().length() && name.startsWith(prefix));
            if (name.startsWith(taken.prefix()) && !other && belongs(taken.prefix(), name)) {
                network.put(naming.apply(name.substring(taken.prefix().length())), tensor);
            } else {
                aside.add(name);
            }
        });
        if (taken.layout() == Layout.HUGGING_FACE) {
            classifier(tensors, aside, network);
        }
        return Optional.of(new Located(taken.prefix(), taken.layout(), network, aside, others));
    }

    /** transformers' classifier lies beside the network. */
    private static void classifier(Map<String, Tensor> tensors, List<String> aside, Map<String, Tensor> network) {
        for (String part : List.of("weight", "bias")) {
            Tensor tensor = tensors.get("classifier.1." + part);
            if (tensor != null) {
                network.put("fc." + part, tensor);
                network.remove("classifier.1." + part);
                aside.remove("classifier.1." + part);
            }
        }
    }

    /** What lies in a dictionary within is another thing than the network: an optimizer's state beside the model's. */
    private static boolean belongs(String prefix, String name) {
        return name.indexOf('/', prefix.length()) < 0;
    }

    private static List<Candidate> candidates(Set<String> names) {
        List<Candidate> found = new ArrayList<>();
        for (String name : names) {
            for (Layout layout : Layout.values()) {
                layout.before(names, name)
                        .map(prefix -> new Candidate(prefix, layout))
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    /** Tensors without the wrappers' names, but for names that would then be there twice. */
    static Map<String, Tensor> unwrapped(Map<String, Tensor> tensors) {
        Map<String, Tensor> plain = new LinkedHashMap<>();
        Set<String> twice = new HashSet<>();
        tensors.forEach((name, tensor) -> {
            if (plain.put(unwrapped(name), tensor) != null) {
                twice.add(unwrapped(name));
            }
        });
        return twice.isEmpty() ? plain : tensors;
    }

    private static String unwrapped(String name) {
        String plain = name;
        for (String wrapper : WRAPPERS) {
            int at = plain.indexOf(wrapper);
            while (at >= 0) {
                boolean whole = at == 0 || plain.charAt(at - 1) == '.' || plain.charAt(at - 1) == '/';
                plain = whole ? plain.substring(0, at) + plain.substring(at + wrapper.length()) : plain;
                at = plain.indexOf(wrapper, whole ? at : at + 1);
            }
        }
        return plain;
    }

    /** A prefix as a person reads it. */
    static String shown(String prefix) {
        return prefix.isEmpty() ? "no prefix" : prefix;
    }
}
