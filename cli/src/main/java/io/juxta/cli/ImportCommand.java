package io.juxta.cli;

import io.juxta.runs.Importing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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
final class ImportCommand extends WorkCommand {
    @Parameters(paramLabel = "FILE", description = "The weights: PyTorch's files or safetensors.")
    private Path file = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The safetensors file to be written; without it nothing is.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--part",
            paramLabel = "PREFIX",
            description = "Take only the tensors whose names begin so, of a file with several networks: student.")
    private String part = "";

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    @Override
    void work(Spoken told) throws IOException {
        Importing importing = Importing.of(file).part(part).told(told);
        output.ifPresent(importing::into);
        if (overwrite) {
            importing.overwriting();
        }
        importing.run();
    }
}
