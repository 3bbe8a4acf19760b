package io.juxta.cli;

import picocli.CommandLine.Option;

/** Whether progress is shown. */
final class QuietOption {
    /** Whatever class it is mixed into, with the other options that all commands have. */
    private static final int LAST = 1;

    @Option(names = "--quiet", order = LAST, description = "No progress, only the results.")
    private boolean quiet;

    ProgressStyle style() {
        return ProgressStyle.of(quiet);
    }
}
