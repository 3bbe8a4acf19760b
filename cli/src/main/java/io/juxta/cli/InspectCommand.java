package io.juxta.cli;

import io.juxta.runs.Inspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a file of weights holds. */
@Command(
        name = "inspect",
        description = "List the tensors of a file of weights: shape, type, least, greatest and mean value, NaN.",
        footer = {"", "  juxta inspect runs/photos/encoder.safetensors"})
final class InspectCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RUN|FILE",
            description = "The weights: PyTorch's files or safetensors; of a run's folder what the run delivers.")
    private Path given = Path.of("");

    @Override
    public Integer call() throws IOException {
        Inspection.of(given).lines().forEach(System.out::println);
        return ExitStatus.DONE;
    }
}
