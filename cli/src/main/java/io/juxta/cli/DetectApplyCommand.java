package io.juxta.cli;

import io.juxta.runs.DetectedPictures;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds objects in images. */
@Command(
        name = "apply",
        description =
                "Find objects in an image or in all of a folder: each image with boxes drawn over it, and all boxes in"
                        + " detections.csv and detections.json, in the images' own pixels.")
final class DetectApplyCommand extends WorkCommand {
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

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Override
    int work(Spoken told) throws IOException {
        DetectedPictures.Result result =
                DetectedPictures.apply(detector, input, output, leastScore, device, told);
        result.unreadable().forEach(System.err::println);
        System.out.println(result.objects()
                + (result.objects() == 1 ? " object in " : " objects in ")
                + result.pictures()
                + (result.pictures() == 1 ? " image: " : " images: ")
                + output.resolve("detections.csv"));
        return result.pictures() == 0 ? ExitStatus.FAILED : ExitStatus.DONE;
    }
}
