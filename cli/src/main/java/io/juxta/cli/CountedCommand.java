package io.juxta.cli;

import picocli.CommandLine.Mixin;

/** A piece of work that is counted, so that its progress can be shown. */
abstract class CountedCommand extends WorkCommand {
    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    final ProgressStyle style() {
        return quiet.style();
    }
}
