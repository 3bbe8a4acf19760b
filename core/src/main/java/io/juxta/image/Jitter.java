package io.juxta.image;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A sequence of changes of colour, pixel by pixel. They are gathered and then run over some rows after others, so that
 * these stay in the first-level cache through all of them; only contrast, which needs the mean of the whole picture,
 * makes the changes before it run first.
 */
final class Jitter {
    private final int[] pixels;
    private final int width;
    private final int height;
    private final Chunk chunk;
    private final List<Consumer<Chunk>> pending = new ArrayList<>();

    Jitter(Canvas canvas) {
        this.pixels = canvas.pixels();
        this.width = canvas.width();
        this.height = canvas.height();
        this.chunk = canvas.chunk();
    }

    Jitter brightness(float factor) {
        pending.add(new Tone.Line(0, factor)::apply);
        return this;
    }

    Jitter contrast(float factor) {
        int mean = (int) ((double) run(true) / (width * height) + 0.5);
        pending.add(new Tone.Line(mean, factor)::apply);
        return this;
    }

    Jitter saturation(float factor) {
        pending.add(new Tone.Saturation(factor)::apply);
        return this;
    }

    /** @param offset what is added to the 8-bit hue, modulo 256 */
    Jitter hue(int offset) {
        pending.add(new Hue(offset)::apply);
        return this;
    }

    /** @param threshold from which on values become 255 less themselves */
    Jitter solarize(int threshold) {
        pending.add(part -> Tone.solarize(part, threshold));
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

    /** Makes the pending changes; the sum of the greys afterwards if it is asked for. */
    private long run(boolean summing) {
        long sum = 0;
        int step = Chunk.rows(width);
        for (int row = 0; row < height; row += step) {
            int rows = Math.min(step, height - row);
            chunk.load(pixels, row, rows, width);
            for (Consumer<Chunk> change : pending) {
                change.accept(chunk);
            }
            if (summing) {
                sum += Tone.sum(chunk);
            }
            if (!pending.isEmpty()) {
                chunk.store(pixels, row, rows, width);
            }
        }
        pending.clear();
        return sum;
    }
}
