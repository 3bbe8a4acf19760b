package io.juxta.cli;

import io.juxta.exchange.Foreign;
import io.juxta.exchange.KnownWeights;
import io.juxta.runs.Printable;
import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a file of weights holds. */
@Command(
        name = "inspect",
        description = "List the tensors of a file of weights: shape, type, least, greatest and mean value, NaN.",
        footer = {"", "  juxta inspect runs/photos/encoder.safetensors"})
final class InspectCommand implements Callable<Integer> {
    private static final int LONGEST = 200;

    @Parameters(
            paramLabel = "RUN|FILE",
            description = "The weights: PyTorch's files or safetensors; of a run's folder what the run delivers.")
    private Path given = Path.of("");

    @Override
    public Integer call() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            WeightsFile weights = WeightsFile.read(KnownWeights.file(given));
            int widest = weights.tensors().keySet().stream()
                    .mapToInt(name -> Printable.line(name).length())
                    .max()
                    .orElse(4);
            String row = "%-" + Math.max(4, Math.min(widest, 100)) + "s  %-22s  %-8s  %12s  %12s  %12s  %s%n";
            System.out.printf(Locale.ROOT, row, "name", "shape", "type", "min", "max", "mean", "NaN");
            Rows.print(row, weights);
            long values =
                    weights.tensors().values().stream().mapToLong(Tensor::numel).sum();
            long bytes = weights.tensors().values().stream()
                    .mapToLong(Tensor::nbytes)
                    .sum();
            System.out.printf(
                    Locale.ROOT,
                    "%,d tensors, %,d values, %,d bytes%n",
                    weights.tensors().size(),
                    values,
                    bytes);
            weights.metadata()
                    .forEach((key, value) -> System.out.println(Printable.line(key) + ": " + shortened(value)));
            System.out.println("this is " + kind(weights));
        }
        return ExitStatus.DONE;
    }

    /** Apart, since {@code --help} looks at a command's own methods, and would load libtorch's classes. */
    private static final class Rows {
        private static final long PART = 1 << 22;

        static void print(String row, WeightsFile weights) {
            weights.tensors().forEach((name, tensor) -> print(row, name, tensor));
        }

        /** Part by part: in double precision a large tensor would take several times its own memory. */
        private static void print(String row, String name, Tensor tensor) {
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            long nan = 0;
            long count = tensor.numel();
            try (PointerScope scope = new PointerScope()) {
                Tensor flat = tensor.flatten();
                for (long from = 0; from < count; from += PART) {
                    try (PointerScope part = new PointerScope()) {
                        Tensor x = flat.narrow(0, from, Math.min(PART, count - from))
                                .to(ScalarType.Double);
                        min = Math.min(min, x.min().item_double());
                        max = Math.max(max, x.max().item_double());
                        sum += x.sum().item_double();
                        nan += torch.isnan(x).sum().item_long();
                    }
                }
                boolean none = count == 0;
                System.out.printf(
                        Locale.ROOT,
                        row,
                        Printable.line(name),
                        StateDict.shape(tensor),
                        tensor.dtype().name().getString(),
                        none ? "-" : value(min),
                        none ? "-" : value(max),
                        none ? "-" : value(sum / count),
                        none ? "-" : Long.toString(nan));
            }
        }

        private static String value(double x) {
            return String.format(Locale.ROOT, "%.6g", x);
        }
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
            return "like an encoder or generator, but " + Printable.line(Failures.describe(e));
        }
    }

    private static String shortened(String value) {
        String line = Printable.line(value.strip().replace("\n", ", "));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
