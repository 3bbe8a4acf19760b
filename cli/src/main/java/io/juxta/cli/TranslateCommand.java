package io.juxta.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Translates images from one domain to another; its sub-commands say what is to be done. */
@Command(
        name = "translate",
        description = "Translate images from one domain to another, learned without pairs.",
        subcommands = {TranslateTrainCommand.class, TranslateApplyCommand.class})
final class TranslateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitStatus.WRONG_USAGE;
    }
}
