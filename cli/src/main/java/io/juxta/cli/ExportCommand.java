package io.juxta.cli;

import io.juxta.data.Originals;
import io.juxta.exchange.BatchNorms;
import io.juxta.exchange.Export;
import io.juxta.exchange.ExportFormat;
import io.juxta.runs.KnownRun;
import io.juxta.runs.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trained weights for other programs. */
@Command(
        name = "export",
        description = "Write a trained encoder or generator for other programs.",
        footer = {
            "",
            "  juxta export runs/photos --format onnx --fold-bn --output encoder.onnx",
            "  juxta export runs/photos/checkpoints/best.safetensors --format detectron2 --output encoder.pkl"
        })
final class ExportCommand implements Callable<Integer> {
    /** What a run needs and keeps. */
    private static final List<String> OF_A_RUN = List.of(
            "recipe.yaml",
            "metrics.csv",
            "events.jsonl",
            "report.html",
            "encoder.safetensors",
            "generator.safetensors",
            "checkpoints",
            "snapshots");

    @Parameters(
            paramLabel = "RUN|WEIGHTS",
            description = "A run's folder, its weights or one of its checkpoints; or weights that import knows.")
    private Path source = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description =
                    "safetensors, torchvision or timm (a backbone under torchvision's names, which are timm's; the"
                            + " latter two as PyTorch's files), moco (a run's last checkpoint as the original's), swav or"
                            + " deepcluster (likewise, or any encoder with prototypes), cut (a generator as"
                            + " latest_net_G.pth), onnx, or detectron2 (a pickle of a ResNet with the ImageNet stem).")
    private ExportFormat format = ExportFormat.SAFETENSORS;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to be written.")
    private Path output = Path.of("");

    @Option(
            names = "--head",
            description = "Of an encoder: onnx gives embeddings instead of features, safetensors keeps the head.")
    private boolean head;

    @Option(names = "--fold-bn", description = "Of onnx: batch norms become part of the layers in front of them.")
    private boolean fold;

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        Path weights = Export.source(source, format);
        requireFree(weights);
        BatchNorms norms = fold ? BatchNorms.FOLDED : BatchNorms.KEPT;
        Export.write(weights, format, new Export.Options(head, norms, Version.own()), output);
        System.out.printf(
                Locale.ROOT,
                "%s as %s: %s, %,d bytes, read back and found whole%n",
                weights,
                format,
                output,
                Files.size(output));
        return ExitStatus.DONE;
    }

    private void requireFree(Path weights) throws IOException {
        Optional<KnownRun> run = KnownRun.of(weights);
        if (run.isPresent()) {
            // what the run goes on from and is judged by; --overwrite is meant for what was exported before
            Path of = run.get().folder();
            Originals.of(OF_A_RUN.stream().map(of::resolve).toArray(Path[]::new))
                    .requireNoneAt(output);
        }
        if (!Files.exists(output)) {
            return;
        }
        if (Files.exists(weights) && Files.isSameFile(output, weights)) {
            throw new IOException(output + " is what would be exported: choose another --output");
        }
        if (!overwrite) {
            throw new IOException(output + " is there already: give --overwrite, or another --output");
        }
    }
}
