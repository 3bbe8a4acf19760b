package io.juxta.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Judges a trained encoder, or translated images; its sub-commands say how. */
@Command(
        name = "evaluate",
        description = "Judge a trained encoder, or translated images.",
        subcommands = {
            EvaluateKnnCommand.class,
            EvaluateLinearCommand.class,
            EvaluateSemiCommand.class,
            EvaluateClustersCommand.class,
            EvaluateTranslationCommand.class
        })
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitStatus.WRONG_USAGE;
    }
}
