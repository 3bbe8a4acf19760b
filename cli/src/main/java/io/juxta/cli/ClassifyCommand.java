package io.juxta.cli;

import io.juxta.runs.ClassifiedImages;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The classes of a folder's images as a table. */
@Command(
        name = "classify",
        description = "Write the class of every image, and how probable each class is, into a CSV file.",
        footer = {
            "",
            "Images are prepared as for evaluation. One that cannot be read is left out and named.",
            "",
            "  juxta evaluate linear runs/photos --data birds --output birds.safetensors",
            "  juxta classify birds.safetensors --data photos --output photos.csv"
        })
final class ClassifyCommand extends CountedCommand {
    @Parameters(
            paramLabel = "CLASSIFIER",
            description = "A classifier with its encoder, as evaluate linear and evaluate semi write it with --output.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The images: a folder, with all that lies below it; or CIFAR-10's binary files.")
    private Path data = Path.of("");

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The table: image, class, probability, and the probability of each class.")
    private Path output = Path.of("");

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images computed at once; the default is 64.")
    private int batchSize = 64;

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Of one operation; 0, the default, for one for each core that may be used.")
    private int threads;

    @Override
    void work(Spoken told) throws IOException {
        ClassifiedImages.by(weights)
                .on(data)
                .batchSize(batchSize)
                .device(device)
                .threads(threads)
                .told(told)
                .write(output, overwrite);
    }
}
