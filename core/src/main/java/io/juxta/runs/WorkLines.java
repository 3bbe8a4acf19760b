package io.juxta.runs;

import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Work told to a person: notes as lines, and how far it is by a {@link Progress}. To be closed when the work is over, however it
 * ends.
 *
 * <pre>{@code
 * try (WorkLines lines = new WorkLines(log::info, (task, unit, total) -> Progress.lines(task, unit, total, log::info))) {
 *     Duplicates.among(images.told(lines)).find();
 * }
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public class WorkLines implements WorkListener, AutoCloseable {
    private final Consumer<String> line;
    private final Progress.Kind kind;
    private @Nullable Progress progress;
    private String task = "";
    private long done;

    /**
     * @param line gets each note
     * @param kind how progress is shown
     */
    public WorkLines(Consumer<String> line, Progress.Kind kind) {
        this.line = line;
        this.kind = kind;
    }

    final void say(String text) {
        line.accept(text);
    }

    @Override
    public void note(Note note) {
        say(note.text());
    }

    @Override
    public void counted(Counted counted) {
        Progress shown = progress(counted.task(), counted.unit(), counted.total());
        if (counted.done() > done) {
            shown.advance(counted.done() - done, "");
            done = counted.done();
        }
        if (counted.done() == counted.total()) {
            close();
        }
    }

    /** That of the task, which begins where the one before was another. */
    final Progress progress(String task, String unit, long total) {
        Progress shown = progress;
        if (shown == null || !this.task.equals(task)) {
            close();
            this.task = task;
            done = 0;
            shown = kind.begin(task, unit, total);
            progress = shown;
        }
        return shown;
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
