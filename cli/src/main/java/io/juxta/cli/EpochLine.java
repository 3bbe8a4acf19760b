package io.juxta.cli;

import io.juxta.runs.EpochReport;
import io.juxta.runs.Progress;
import io.juxta.runs.RunListener;
import io.juxta.runs.StatusText;
import io.juxta.runs.StepReport;
import io.juxta.train.Pace;
import io.juxta.train.health.Diagnosis;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a person reads while a run goes on: progress within the epoch, and a line for each epoch. */
final class EpochLine extends Spoken implements RunListener {
    private final Supplier<Path> folder;
    private final ProgressStyle style;
    private @Nullable Progress progress;
    private long drawn;

    /** @param folder of the run, whose own name is what people call the run */
    EpochLine(ProgressStyle style, Supplier<Path> folder) {
        super(style);
        this.folder = folder;
        this.style = style;
    }

    private String run() {
        Path name = folder.get().toAbsolutePath().normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    @Override
    public void step(StepReport step) {
        switch (style) {
            case STATUS -> status(step);
            case LINES -> lines(step);
            case NONE -> {}
        }
    }

    @Override
    public void judging(int epoch, int epochs) {
        close();
        show(columns -> StatusText.cut("epoch " + epoch + "/" + epochs + " is over: judging and saving", columns));
    }

    private void status(StepReport step) {
        long nanos = System.nanoTime();
        if (drawn == 0 || nanos - drawn >= ProgressStyle.PAUSE_NANOS) {
            drawn = nanos;
            show(columns -> StatusText.of(step.now(), run(), step.details(), step.learningRate(), columns));
        }
    }

    private void show(IntFunction<String> text) {
        if (style == ProgressStyle.STATUS) {
            Screen.installed().orElseThrow().status(text);
        }
    }

    private void lines(StepReport step) {
        Pace.Now now = step.now();
        if (progress == null) {
            // a resumed epoch has fewer steps left
            long steps = now.steps() - now.step() + 1L;
            String task = "epoch " + now.epoch() + "/" + now.epochs();
            progress = style.start(task, "images", steps * step.batchSize());
        }
        progress.advance(step.batchSize(), step.toString());
    }

    @Override
    public void epoch(EpochReport epoch) {
        System.out.println(epoch);
        epoch.news().map(EpochLine::coloured).ifPresent(System.out::println);
    }

    private static String coloured(Diagnosis diagnosis) {
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
        if (progress != null) {
            progress.close();
            progress = null;
        }
        if (style == ProgressStyle.STATUS) {
            Screen.installed().orElseThrow().clear();
        }
    }
}
