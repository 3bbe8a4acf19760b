package io.juxta.cli;

import io.juxta.runs.Comparing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether pre-training pays. */
@Command(
        name = "compare",
        description =
                "Does pre-training pay? Raw pixels, the untrained network and each encoder name the same held-out"
                        + " images: by nearest neighbours, a linear classifier, and one of 1, 5, 10 and 50 labels of each class.",
        footer = {
            "",
            "Every accuracy has an interval of 95 %: over the held-out images, or over the draws of the labels. The last line"
                    + " says which is better, and whether the images suffice to say so.",
            "",
            "  juxta compare runs/a runs/b --data labelled --output compared"
        })
final class CompareCommand extends CountedCommand {
    @Parameters(
            paramLabel = "WEIGHTS",
            arity = "1..*",
            description = "Runs' folders, files of weights in them, or weights that import knows.")
    private List<Path> weights = List.of();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description =
                    "Labelled images: a folder with train and test (or val), a folder for each class in them; without"
                            + " these a fifth of each class is drawn to judge by; or CIFAR-10's binary files.")
    private Path data = Path.of("");

    @Option(names = "--output", paramLabel = "DIR", description = "A folder for comparison.csv and comparison.html.")
    private Optional<Path> output = Optional.empty();

    @Option(names = "--seeds", paramLabel = "N", description = "How often labels are drawn; the default is 5.")
    private int seeds = 5;

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Override
    void work(Spoken told) throws IOException {
        Comparing comparing = Comparing.of(weights)
                .on(data)
                .seeds(seeds)
                .device(computed.device())
                .precision(computed.precision())
                .told(told);
        output.ifPresent(comparing::into);
        comparing.run();
    }
}
