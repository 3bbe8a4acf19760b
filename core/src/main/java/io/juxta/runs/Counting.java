package io.juxta.runs;

import java.util.function.IntConsumer;

/** Adds up what is done, for a listener. */
final class Counting {
    private Counting() {}

    /** Tells the beginning at once; what it is given is how many more are done. */
    static IntConsumer of(WorkListener told, String task, String unit, long total) {
        told.counted(new WorkListener.Counted(task, unit, 0, total));
        long[] done = {0};
        return more -> {
            done[0] += more;
            told.counted(new WorkListener.Counted(task, unit, done[0], total));
        };
    }
}
