package io.juxta.cli;

import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import io.juxta.runs.Note;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The encoder and the images of an evaluation, to be mixed into the commands that judge. */
final class JudgedOptions {
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

    @Mixin
    private QuietOption quiet = new QuietOption();

    /** A judgement of one kind. */
    @FunctionalInterface
    interface Kind {
        Judgement of(Judging judging) throws IOException;
    }

    /** Judges, and says what is found as soon as it is. */
    int judge(Kind kind) throws IOException {
        Judging judging = Judging.of(weights)
                .device(computed.device())
                .precision(computed.precision())
                .with(overrides)
                .among(OtherProcesses.ofEnvironment());
        data.ifPresent(judging::on);
        try (Interruption interruption = Interruption.ofThisThread();
                Spoken spoken = new Epochs(quiet.style())) {
            kind.of(judging.told(spoken));
        }
        return ExitStatus.DONE;
    }

    /** What a classifier's epochs come to is progress, and not said where that is not. */
    private static final class Epochs extends Spoken {
        private final ProgressStyle style;

        Epochs(ProgressStyle style) {
            super(style);
            this.style = style;
        }

        @Override
        public void note(Note note) {
            if (note.kind() != Note.Kind.EPOCH || style != ProgressStyle.NONE) {
                super.note(note);
            }
        }
    }
}
