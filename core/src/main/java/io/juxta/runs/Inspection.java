package io.juxta.runs;

import io.juxta.exchange.Foreign;
import io.juxta.exchange.KnownWeights;
import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a file of weights holds.
 *
 * @param tensors in the file's order
 * @param metadata what it says besides
 * @param kind what it is, as the end of a sentence that begins with "this is"
 */
@API(status = API.Status.EXPERIMENTAL)
public record Inspection(List<TensorSummary> tensors, Map<String, String> metadata, String kind) {
    private static final int LONGEST = 200;
    private static final long PART = 1 << 22;

    public Inspection {
        tensors = List.copyOf(tensors);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * A tensor.
     *
     * @param shape as people write it
     * @param type of its values
     * @param min least value; infinite, as {@code max} is, where there are none
     * @param nan how many are no number
     */
    public record TensorSummary(
            String name,
            String shape,
            String type,
            double min,
            double max,
            double mean,
            long nan,
            long values,
            long bytes) {}

    /**
     * Reads a file.
     *
     * @param given a file of weights, or a run's folder for what it delivers
     * @throws IOException when it cannot be read, in one line
     */
    public static Inspection of(Path given) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            WeightsFile weights = WeightsFile.read(KnownWeights.file(given));
            List<TensorSummary> tensors = new ArrayList<>();
            weights.tensors().forEach((name, tensor) -> tensors.add(summary(name, tensor)));
            return new Inspection(tensors, weights.metadata(), kind(weights));
        }
    }

    /** Part by part: in double precision a large tensor would take several times its own memory. */
    private static TensorSummary summary(String name, Tensor tensor) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        long nan = 0;
        long count = tensor.numel();
        try (PointerScope scope = new PointerScope()) {
            Tensor flat = tensor.flatten();
            for (long from = 0; from < count; from += PART) {
                try (PointerScope part = new PointerScope()) {
                    Tensor x =
                            flat.narrow(0, from, Math.min(PART, count - from)).to(ScalarType.Double);
                    min = Math.min(min, x.min().item_double());
                    max = Math.max(max, x.max().item_double());
                    sum += x.sum().item_double();
                    nan += torch.isnan(x).sum().item_long();
                }
            }
        }
        return new TensorSummary(
                name,
                StateDict.shape(tensor),
                tensor.dtype().name().getString(),
                min,
                max,
                sum / count,
                nan,
                count,
                tensor.nbytes());
    }

    /** A table for people, in lines. */
    public List<String> lines() {
        int widest = tensors.stream()
                .mapToInt(tensor -> Printable.line(tensor.name()).length())
                .max()
                .orElse(4);
        String row = "%-" + Math.max(4, Math.min(widest, 100)) + "s  %-22s  %-8s  %12s  %12s  %12s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, row, "name", "shape", "type", "min", "max", "mean", "NaN"));
        for (TensorSummary tensor : tensors) {
            boolean none = tensor.values() == 0;
            lines.add(String.format(
                    Locale.ROOT,
                    row,
                    Printable.line(tensor.name()),
                    tensor.shape(),
                    tensor.type(),
                    none ? "-" : value(tensor.min()),
                    none ? "-" : value(tensor.max()),
                    none ? "-" : value(tensor.mean()),
                    none ? "-" : Long.toString(tensor.nan())));
        }
        lines.add(String.format(
                Locale.ROOT,
                "%,d tensors, %,d values, %,d bytes",
                tensors.size(),
                tensors.stream().mapToLong(TensorSummary::values).sum(),
                tensors.stream().mapToLong(TensorSummary::bytes).sum()));
        metadata.forEach((key, value) -> lines.add(Printable.line(key) + ": " + shortened(value)));
        lines.add("this is " + kind);
        return lines;
    }

    private static String value(double x) {
        return String.format(Locale.ROOT, "%.6g", x);
    }

    private static String kind(WeightsFile weights) {
        Map<String, String> metadata = weights.metadata();
        if (metadata.containsKey("juxta-checkpoint")) {
            return "a checkpoint of this program";
        }
        if (metadata.containsKey("recipe")) {
            return "what a run of this program delivers";
        }
        try {
            return Foreign.of(weights.tensors()).kind().toString();
        } catch (IllegalArgumentException e) {
            return "like an encoder or generator, but " + Printable.line(Mendable.describe(e));
        }
    }

    private static String shortened(String value) {
        String line = Printable.line(value.strip().replace("\n", ", "));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
