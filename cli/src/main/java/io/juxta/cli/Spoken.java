package io.juxta.cli;

import io.juxta.runs.Note;
import io.juxta.runs.WorkLines;

/** What a person reads while work goes on: notes as lines on standard output, and how far it is. */
final class Spoken extends WorkLines {
    private final ProgressStyle style;

    Spoken(ProgressStyle style) {
        super(System.out::println, style);
        this.style = style;
    }

    /** What a classifier's epochs come to is progress, and not said where that is not. */
    @Override
    public void note(Note note) {
        if (note.kind() != Note.Kind.EPOCH || style != ProgressStyle.NONE) {
            super.note(note);
        }
    }
}
