package io.juxta.cli;

import picocli.CommandLine.Command;

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
final class EvaluateCommand extends CommandGroup {}
