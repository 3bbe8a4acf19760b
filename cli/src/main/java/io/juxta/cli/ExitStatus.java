package io.juxta.cli;

/** What the command tells the shell. */
final class ExitStatus {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    /** As shells say it: 128 and SIGINT. */
    static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
