package io.juxta.cli;

import io.juxta.runs.RunLines;
import io.juxta.runs.StatusLine;
import io.juxta.runs.StatusText;
import io.juxta.runs.StepReport;
import io.juxta.train.health.Diagnosis;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What a person reads while a run goes on: progress within the epoch, and a line for each epoch. */
final class EpochLine extends RunLines {
    private final Supplier<Path> folder;
    private final ProgressStyle style;
    private long drawn;

    /** @param folder of the run, whose own name is what people call the run */
    EpochLine(ProgressStyle style, Supplier<Path> folder) {
        super(System.out::println, style);
        this.folder = folder;
        this.style = style;
    }

    private String run() {
        Path name = folder.get().toAbsolutePath().normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    @Override
    public void step(StepReport step) {
        if (style != ProgressStyle.STATUS) {
            super.step(step);
            return;
        }
        long nanos = System.nanoTime();
        if (drawn == 0 || nanos - drawn >= StatusLine.PAUSE_NANOS) {
            drawn = nanos;
            show(columns -> StatusText.of(step.now(), run(), step.details(), step.learningRate(), columns));
        }
    }

    @Override
    public void judging(int epoch, int epochs) {
        super.judging(epoch, epochs);
        show(columns -> StatusText.cut("epoch " + epoch + "/" + epochs + " is over: judging and saving", columns));
    }

    private void show(IntFunction<String> text) {
        if (style == ProgressStyle.STATUS) {
            Screen.installed().orElseThrow().status(text);
        }
    }

    @Override
    protected String said(Diagnosis diagnosis) {
        String text = diagnosis.toString();
        return switch (diagnosis.verdict()) {
            case HEALTHY -> Colour.GREEN.out(text);
            case COLLAPSED -> Colour.RED.out(text);
            default -> Colour.YELLOW.out(text);
        };
    }

    @Override
    public void close() {
        super.close();
        if (style == ProgressStyle.STATUS) {
            Screen.installed().orElseThrow().clear();
        }
    }
}
