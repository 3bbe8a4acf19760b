package io.juxta.cli;

import picocli.CommandLine.Command;

/** Finds objects in images; its sub-commands say what is to be done. */
@Command(
        name = "detect",
        description = "Find objects in images: Faster R-CNN on a pre-trained encoder.",
        subcommands = {DetectTrainCommand.class, DetectEvaluateCommand.class, DetectApplyCommand.class})
final class DetectCommand extends CommandGroup {}
