package io.juxta.cli;

import io.juxta.runs.Interruption;
import io.juxta.runs.PictureWork;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that one process alone does with many pictures: what is done is kept when it is interrupted. */
abstract class PicturesCommand implements Callable<Integer> {
    private final String stopping;
    private final String kept;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private QuietOption quiet = new QuietOption();

    /**
     * @param stopping shown while it is being stopped
     * @param kept said once it was: what is kept, and how the work goes on
     */
    PicturesCommand(String stopping, String kept) {
        this.stopping = stopping;
        this.kept = kept;
    }

    /** What is to be done. */
    abstract PictureWork<?> asked();

    @Override
    public final Integer call() throws IOException {
        OtherProcesses.ofEnvironment().requireAlone(CommandWords.name(spec));
        try (Interruption interruption = Interruption.watch(Screen.ending(stopping));
                Spoken spoken = new Spoken(quiet.style())) {
            PictureWork.Outcome outcome =
                    asked().stopWhen(interruption::requested).told(spoken).run();
            outcome.failed().forEach(failure -> System.err.println("juxta: " + failure));
            if (outcome.wasStopped()) {
                System.err.println(Failures.prefix() + " interrupted: " + kept);
                return ExitStatus.INTERRUPTED;
            }
            return outcome.failed().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }
}
