package io.juxta.cli;

import io.juxta.runs.DetectedPictures;
import io.juxta.runs.PictureWork;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds objects in images. */
@Command(
        name = "apply",
        description =
                "Find objects in an image or in all of a folder: each image with boxes drawn over it, and all boxes in"
                        + " detections.csv and detections.json, in the images' own pixels.",
        footer = {
            "",
            "An image that cannot be read is passed over and named at the end; the exit status is then 1.",
            "",
            "  juxta detect apply runs/fruit-c4-cpu --input photos --output found"
        })
final class DetectApplyCommand extends PicturesCommand {
    @Parameters(paramLabel = "DETECTOR", description = "A run's folder, its detector.safetensors or a checkpoint.")
    private Path detector = Path.of("");

    @Option(names = "--input", required = true, paramLabel = "PATH", description = "An image, or a folder of images.")
    private Path input = Path.of("");

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The folder for what is found.")
    private Path output = Path.of("");

    @Option(
            names = "--least-score",
            paramLabel = "SCORE",
            description = "Leave out what is less sure, from 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double leastScore = 0.5;

    @Option(names = "--overwrite", description = "Replace files that are there already.")
    private boolean overwrite;

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    DetectApplyCommand() {
        super("stopping after this picture", "what is found is kept; give --overwrite to do all of it again");
    }

    @Override
    PictureWork<?> asked() {
        DetectedPictures pictures = DetectedPictures.by(detector)
                .of(input)
                .into(output)
                .leastScore(leastScore)
                .device(computed.device())
                .precision(computed.precision());
        if (overwrite) {
            pictures.overwriting();
        }
        return pictures;
    }
}
