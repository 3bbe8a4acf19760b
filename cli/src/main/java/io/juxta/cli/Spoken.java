package io.juxta.cli;

import io.juxta.runs.Note;
import io.juxta.runs.Progress;
import io.juxta.runs.WorkListener;
import org.jspecify.annotations.Nullable;

/** What a person reads while work goes on: notes as lines on standard output, and how far it is. */
class Spoken implements WorkListener, AutoCloseable {
    private final ProgressStyle style;
    private @Nullable Progress progress;
    private String task = "";
    private long done;

    Spoken(ProgressStyle style) {
        this.style = style;
    }

    @Override
    public void note(Note note) {
        System.out.println(note.text());
    }

    @Override
    public void counted(Counted counted) {
        if (progress == null || !task.equals(counted.task())) {
            close();
            task = counted.task();
            done = 0;
            progress = style.start(task, counted.unit(), counted.total());
        }
        if (counted.done() > done) {
            progress.advance(counted.done() - done, "");
            done = counted.done();
        }
        if (counted.done() == counted.total()) {
            close();
        }
    }

    /** Progress ends. */
    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
