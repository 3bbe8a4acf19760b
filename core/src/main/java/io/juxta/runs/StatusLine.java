package io.juxta.runs;

import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apiguardian.api.API;

/** One line that is drawn over in place, such as a terminal's last or a window's. */
@API(status = API.Status.EXPERIMENTAL)
public interface StatusLine {
    /** Between two drawings: more often than an eye follows is a waste. */
    long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Draws it, over what it was.
     *
     * @param text of at most so many characters as it is asked for
     */
    void status(IntFunction<String> text);

    /** Takes it away. */
    void clear();
}
