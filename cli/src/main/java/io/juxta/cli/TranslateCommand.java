package io.juxta.cli;

import picocli.CommandLine.Command;

/** Translates images from one domain to another; its sub-commands say what is to be done. */
@Command(
        name = "translate",
        description = "Translate images from one domain to another, learned without pairs.",
        subcommands = {TranslateTrainCommand.class, TranslateApplyCommand.class})
final class TranslateCommand extends CommandGroup {}
