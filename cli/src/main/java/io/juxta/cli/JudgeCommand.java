package io.juxta.cli;

import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that judges an encoder by labelled images. */
abstract class JudgeCommand extends CountedCommand implements Keyed {
    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights that import"
                    + " knows, such as MoCo's and SwAV's.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Labelled images: a folder with train and test (or val), a folder for each class in them; or"
                    + " CIFAR-10's binary files. Without it those of the run that WEIGHTS is of.")
    private Optional<Path> data = Optional.empty();

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set an option, as often as needed; see below.")
    private List<String> overrides = new ArrayList<>();

    /** What is found, said as soon as it is. */
    abstract Judgement judge(Judging judging) throws IOException;

    @Override
    final boolean isShared() {
        return true;
    }

    @Override
    final void work(Spoken told) throws IOException {
        Judging judging = Judging.of(weights)
                .device(computed.device())
                .precision(computed.precision())
                .with(overrides)
                .among(OtherProcesses.ofEnvironment())
                .told(told);
        data.ifPresent(judging::on);
        judge(judging);
    }
}
