package io.juxta.cli;

import io.juxta.data.Originals;
import io.juxta.exchange.Fit;
import io.juxta.exchange.Foreign;
import io.juxta.runs.Printable;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Weights of other programs for this one. */
@Command(
        name = "import",
        description = "Say what weights of another program are, and make them an encoder or generator of this one.",
        footer = {
            "",
            "  juxta import moco_v2_800ep_pretrain.pth.tar --output encoder.safetensors",
            "  juxta evaluate knn encoder.safetensors --data photos"
        })
final class ImportCommand implements Callable<Integer> {
    /** How many names of a kind are shown. */
    private static final int SHOWN = 10;

    @Parameters(paramLabel = "FILE", description = "The weights: PyTorch's files or safetensors.")
    private Path file = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The safetensors file to be written; without it nothing is.")
    private Path output = Path.of("");

    @Option(
            names = "--part",
            paramLabel = "PREFIX",
            description = "Take only the tensors whose names begin so, of a file with several networks: student.")
    private String part = "";

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        boolean writes = !output.toString().isEmpty();
        if (writes && !overwrite && Files.exists(output)) {
            throw new IOException(output + " is there already: give --overwrite, or another --output");
        }
        Originals.of(file).requireNoneAt(output);
        try (PointerScope scope = new PointerScope()) {
            WeightsFile weights = WeightsFile.read(file);
            if (weights.metadata().containsKey("recipe")) {
                throw new IOException(file + " was written by this program: it needs no import");
            }
            Foreign foreign = foreign(part(weights.tensors()));
            Fit fit = fit(foreign);
            System.out.printf(Locale.ROOT, "%s: %s%n", file, foreign.kind());
            foreign.notes().forEach(note -> System.out.println("  " + Printable.line(note)));
            System.out.print(foreign.recipe().indent(4));
            System.out.printf(
                    Locale.ROOT,
                    "%,d tensors mapped, %,d missing, %,d left over, %,d of another shape, %,d of training alone%n",
                    fit.mapped().size(),
                    fit.missing().size(),
                    fit.leftOver().size(),
                    fit.misshapen().size(),
                    foreign.aside().size());
            list("of training alone", groups(foreign.aside()));
            list("missing", fit.missing());
            list("left over", fit.leftOver());
            list("another shape", fit.misshapen());
            if (!fit.isWhole()) {
                throw new IOException(file + " does not fit the network that it seems to be of: see above");
            }
            if (writes) {
                Safetensors.write(output, fit.mapped(), Map.of("recipe", foreign.recipe()));
                System.out.println("written: " + output);
            }
        }
        return ExitStatus.DONE;
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

    private static void list(String title, List<String> names) {
        names.stream().limit(SHOWN).forEach(name -> System.out.println("  " + title + ": " + Printable.line(name)));
        if (names.size() > SHOWN) {
            System.out.println("  " + title + ": and " + (names.size() - SHOWN) + " more");
        }
    }
}
