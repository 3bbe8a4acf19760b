package io.juxta.cli;

import io.juxta.runs.Progress;

/** How progress is shown: as one line on a terminal, drawn over in place and gone when the work ends; as lines in a log; or not. */
enum ProgressStyle implements Progress.Kind {
    STATUS,
    LINES,
    NONE;

    /** A status line where somebody watches: the start script tells, as Java alone cannot ask about stderr. */
    static ProgressStyle of(boolean quiet) {
        if (quiet) {
            return NONE;
        }
        return Screen.installed().isPresent() && Colour.isTerminal() ? STATUS : LINES;
    }

    /** Begins; on stderr, as results go to stdout. */
    @Override
    public Progress begin(String task, String unit, long total) {
        return switch (this) {
            case STATUS -> Progress.status(task, unit, total, Screen.installed().orElseThrow());
            case LINES -> Progress.lines(task, unit, total, System.err::println);
            case NONE -> Progress.none();
        };
    }
}
