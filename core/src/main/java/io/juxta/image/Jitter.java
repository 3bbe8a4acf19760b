package io.juxta.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A sequence of changes of colour, pixel by pixel. They are gathered and then run over one row after another, so that
 * a row stays in the first-level cache through all of them; only contrast, which needs the mean of the whole picture,
 * makes the changes before it run first.
 */
final class Jitter {
    /** Changes the channels from one pixel to another. */
    private interface Change {
        void apply(int[] pixels, int from, int to);
    }

    private final int[] pixels;
    private final int length;
    private final int stride;
    private final List<Change> pending = new ArrayList<>();

    Jitter(Canvas canvas) {
        this.pixels = canvas.pixels();
        this.length = canvas.length();
        this.stride = 3 * canvas.width();
    }

    Jitter brightness(float factor) {
        return replace(Tone.enhancement(0, factor));
    }

    Jitter contrast(float factor) {
        int mean = (int) (run(true) / (length / 3.0) + 0.5);
        return replace(Tone.enhancement(mean, factor));
    }

    Jitter saturation(float factor) {
        pending.add(new Tone.Saturation(factor)::apply);
        return this;
    }

    /** @param offset what is added to the 8-bit hue, modulo 256 */
    Jitter hue(int offset) {
        pending.add((row, from, to) -> Hue.rotate(row, from, to, offset));
        return this;
    }

    Jitter grayscale() {
        pending.add(Tone::grayscale);
        return this;
    }

    /** Makes the changes that are still to be made. */
    void finish() {
        if (!pending.isEmpty()) {
            run(false);
        }
    }

    private Jitter replace(int[] table) {
        pending.add((row, from, to) -> Tone.replace(row, from, to, table));
        return this;
    }

    /** Makes the pending changes; the sum of the greys afterwards if it is asked for. */
    private long run(boolean summing) {
        long sum = 0;
        for (int from = 0; from < length; from += stride) {
            for (Change change : pending) {
                change.apply(pixels, from, from + stride);
            }
            if (summing) {
                sum += Tone.sum(pixels, from, from + stride);
            }
        }
        pending.clear();
        return sum;
    }
}
