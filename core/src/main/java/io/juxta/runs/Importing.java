package io.juxta.runs;

import io.juxta.data.Originals;
import io.juxta.exchange.Fit;
import io.juxta.exchange.Foreign;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Says what weights of another program are, and makes them an encoder or generator of this one.
 *
 * <pre>{@code
 * Importing.of(Path.of("moco_v2_800ep_pretrain.pth.tar")).into(Path.of("encoder.safetensors")).run();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Importing {
    /** How many names of a kind are shown. */
    private static final int SHOWN = 10;

    private final Path file;
    private Optional<Path> output = Optional.empty();
    private String part = "";
    private boolean overwrite;
    private WorkListener listener = new WorkListener() {};

    private Importing(Path file) {
        this.file = file;
    }

    /** @param file PyTorch's files or safetensors */
    public static Importing of(Path file) {
        return new Importing(file);
    }

    /** The safetensors file to be written; without it nothing is. */
    public Importing into(Path file) {
        output = Optional.of(file);
        return this;
    }

    /** Takes only the tensors whose names begin so, of a file with several networks. */
    public Importing part(String prefix) {
        part = prefix;
        return this;
    }

    /** Takes the place of a file that is there already. */
    public Importing overwriting() {
        overwrite = true;
        return this;
    }

    /** Who is told what is found. */
    public Importing told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * @return the recipe of the network that the weights are of
     * @throws IOException when the file cannot be read, is of no known network or does not fit it, in one line
     */
    public String run() throws IOException {
        if (output.isPresent() && !overwrite && Files.exists(output.get())) {
            throw new IOException(output.get() + " is there already: give --overwrite, or another --output");
        }
        if (output.isPresent()) {
            Originals.of(file).requireNoneAt(output.get());
        }
        try (PointerScope scope = new PointerScope()) {
            WeightsFile weights = WeightsFile.read(file);
            if (weights.metadata().containsKey("recipe")) {
                throw new IOException(file + " was written by this program: it needs no import");
            }
            Foreign foreign = foreign(part(weights.tensors()));
            Fit fit = fit(foreign);
            say(file + ": " + foreign.kind());
            foreign.notes().forEach(note -> say("  " + Printable.line(note)));
            foreign.recipe().indent(4).lines().forEach(this::say);
            say(String.format(
                    Locale.ROOT,
                    "%,d tensors mapped, %,d missing, %,d left over, %,d of another shape, %,d of training alone",
                    fit.mapped().size(),
                    fit.missing().size(),
                    fit.leftOver().size(),
                    fit.misshapen().size(),
                    foreign.aside().size()));
            list("of training alone", groups(foreign.aside()));
            list("missing", fit.missing());
            list("left over", fit.leftOver());
            list("another shape", fit.misshapen());
            if (!fit.isWhole()) {
                throw new IOException(file + " does not fit the network that it seems to be of: see above");
            }
            if (output.isPresent()) {
                Safetensors.write(output.get(), fit.mapped(), Map.of("recipe", foreign.recipe()));
                listener.note(Note.Kind.WRITTEN, "written: " + output.get());
            }
            return foreign.recipe();
        }
    }

    private void say(String line) {
        listener.note(Note.Kind.RESULT, line);
    }

    private Map<String, Tensor> part(Map<String, Tensor> tensors) throws IOException {
        Map<String, Tensor> own = new LinkedHashMap<>(tensors);
        own.keySet().removeIf(name -> !name.startsWith(part));
        if (own.isEmpty()) {
            throw new IOException(file + " has no tensor whose name begins with " + part
                    + ": juxta inspect lists them (the keys of nested dictionaries are joined by /)");
        }
        return own;
    }

    /** Names by what they begin with, and how many of each: {@code momentum_backbone (122)}. */
    private static List<String> groups(List<String> names) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String name : names) {
            String first = name.split("[./]", 2)[0];
            boolean state = first.equals("state_dict") || first.equals("model");
            String[] parts = name.split("[./]", 3);
            counts.merge(state && parts.length > 1 ? first + "/" + parts[1] : first, 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(group -> group.getKey() + (group.getValue() == 1 ? "" : " (" + group.getValue() + ")"))
                .toList();
    }

    private Foreign foreign(Map<String, Tensor> tensors) throws IOException {
        try {
            return Foreign.of(tensors);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private Fit fit(Foreign foreign) throws IOException {
        try {
            return Fit.of(foreign);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private void list(String title, List<String> names) {
        names.stream().limit(SHOWN).forEach(name -> say("  " + title + ": " + Printable.line(name)));
        if (names.size() > SHOWN) {
            say("  " + title + ": and " + (names.size() - SHOWN) + " more");
        }
    }
}
