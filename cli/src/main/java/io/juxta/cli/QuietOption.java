package io.juxta.cli;

import picocli.CommandLine.Option;

/** Whether progress is shown. */
final class QuietOption {
    @Option(names = "--quiet", description = "No progress, only the results.")
    private boolean quiet;

    ProgressStyle style() {
        return ProgressStyle.of(quiet);
    }
}
