package io.juxta.runs;

import org.apiguardian.api.API;

/** Told how work goes on, in the thread that does it. What it throws ends the work. */
@API(status = API.Status.EXPERIMENTAL)
public interface WorkListener {
    /** A person should know something. */
    default void note(Note note) {}

    /** So much is done of what is counted; told at the beginning with none of it done. */
    default void counted(Counted counted) {}

    /**
     * How far countable work is.
     *
     * @param task what is being done, in a word or two
     * @param unit what is counted, in the plural
     */
    record Counted(String task, String unit, long done, long total) {}

    /** Notes of one kind, for what says lines. */
    default void notes(Note.Kind kind, Iterable<String> lines) {
        lines.forEach(line -> note(new Note(kind, line)));
    }

    /** A note. */
    default void note(Note.Kind kind, String text) {
        note(new Note(kind, text));
    }
}
