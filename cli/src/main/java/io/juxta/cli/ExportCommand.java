package io.juxta.cli;

import io.juxta.exchange.ExportFormat;
import io.juxta.runs.Exporting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trained weights for other programs. */
@Command(
        name = "export",
        description = "Write a trained encoder, generator or detector for other programs.",
        footer = {
            "",
            "  juxta export runs/photos --format onnx --fold-bn --output encoder.onnx",
            "  juxta export runs/photos --format detectron2 --output encoder.pkl"
        })
final class ExportCommand implements Callable<Integer> {
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
                            + " latter two as PyTorch's files), dino, dinov2 or huggingface (under those programs' names), moco (a run's last checkpoint as the original's), swav or"
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
        Exporting exporting = Exporting.of(source).as(format);
        if (head) {
            exporting.withHead();
        }
        if (fold) {
            exporting.folded();
        }
        if (overwrite) {
            exporting.overwriting();
        }
        System.out.println(exporting.into(output));
        return ExitStatus.DONE;
    }
}
