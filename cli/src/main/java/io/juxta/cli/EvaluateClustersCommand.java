package io.juxta.cli;

import io.juxta.data.Split;
import io.juxta.runs.Clustering;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The nearest prototype of every image. */
@Command(
        name = "clusters",
        description =
                "The nearest prototype of each image, by an encoder of SwAV or DeepCluster-v2, as a CSV file: image,"
                        + " prototype, score (cosine), confidence (softmax of all cosines by the recipe's T), and label"
                        + " where there are classes. NMI and ARI with the classes. In a run's folder also a gallery in its"
                        + " report.")
final class EvaluateClustersCommand extends WorkCommand {
    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights of SwAV or"
                    + " DeepCluster-v2 themselves.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Images with classes or without, trained on or never seen: any folder of images, one with train"
                            + " and test (or val) in it, or CIFAR-10's binary files. Without it those of the run that"
                            + " WEIGHTS is of.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            defaultValue = "train",
            description = "train (the default; of a folder without train, all its images) or test.")
    private Split split = Split.TRAIN;

    @Option(
            names = "--head",
            paramLabel = "N",
            defaultValue = "0",
            description = "Whose prototypes, from 0 (the default): DeepCluster-v2 has three heads.")
    private int head;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Where to write (default: clusters.csv in the run's folder, or here where WEIGHTS lies in none).")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Override
    void work(Spoken told) throws IOException {
        Clustering clustering = Clustering.by(weights)
                .split(split)
                .head(head)
                .device(computed.device())
                .precision(computed.precision())
                .startedBy(words());
        data.ifPresent(clustering::on);
        out.ifPresent(clustering::into);
        clustering.told(told).run();
    }
}
