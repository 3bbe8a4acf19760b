package io.juxta.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Finds objects in images; its sub-commands say what is to be done. */
@Command(
        name = "detect",
        description = "Find objects in images: Faster R-CNN on a pre-trained encoder.",
        subcommands = {DetectTrainCommand.class, DetectEvaluateCommand.class, DetectApplyCommand.class})
final class DetectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitStatus.WRONG_USAGE;
    }
}
