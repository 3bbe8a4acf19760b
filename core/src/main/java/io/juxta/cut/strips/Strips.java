package io.juxta.cut.strips;

import io.juxta.torch.Computing;
import io.juxta.torch.Precision;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Passes an image through a generator, strip by strip where it would take too much memory as a whole. The result is the
 * same but for rounding: a strip is passed with all rows that it depends on, and a norm by an image's own statistics is
 * given those of the whole image, which an earlier pass over all strips has measured.
 *
 * @param memory bytes that activations may take, where the generator can do with as little
 * @param strip bytes of them for a strip
 * @param each bytes of a value
 */
@API(status = API.Status.INTERNAL)
public record Strips(long memory, long strip, int each) {
    public static Strips within(long memory, Precision precision) {
        return new Strips(memory, memory, precision.bytes());
    }

    /**
     * The same with smaller strips, since something else takes memory beside them.
     *
     * @param share the least share of the memory for a strip, as its denominator, whatever else is kept
     */
    public Strips beside(long bytes, int share) {
        return new Strips(memory, Math.max(memory / share, memory - bytes), each);
    }

    /** Whether an image passes a chain as a whole. */
    public boolean isRoomFor(Chain chain, RowSource image) {
        return chain.bytes(image.rows() / chain.scale(), image.columns(), each) <= memory;
    }

    /** Passes a chain of which no layer depends on all rows. */
    public void each(Chain chain, RowSource source, RowSource.Sink sink) {
        long rows = source.rows() / chain.scale();
        long step = step(chain, rows, source.columns());
        long next = 0;
        for (long from = 0; from < rows; from += step) {
            Computing.check();
            try (PointerScope scope = new PointerScope()) {
                Tensor y = chain.pass(source, from, Math.min(rows, from + step));
                long height = y.size(2);
                sink.accept(next, y);
                next += height;
            }
        }
    }

    /** Base rows of a strip: as many as fit, but no fewer than are needed above and below it. */
    private long step(Chain chain, long rows, long columns) {
        long step = Math.max(1, chain.margin() / chain.scale());
        while (step < rows && chain.bytes(step + 1, columns, each) <= strip) {
            step++;
        }
        return step;
    }

    /** The chain with the statistics of its norms, each measured by a pass over all strips. */
    public Chain measured(Chain chain, RowSource source) {
        Chain known = chain;
        for (int norm = known.firstWhole(); norm < known.links().size(); norm = known.firstWhole()) {
            Chain front = known.before(norm);
            Moments moments = new Moments(front.out());
            each(front, source, moments);
            known = known.with(norm, moments);
        }
        return known;
    }

    /**
     * What a chain makes of activations. Both are kept as a whole, nothing else is.
     *
     * @param chain that leaves sides and channels as they are
     * @param x (1, C, H, W)
     */
    public Tensor kept(Chain chain, Tensor x) {
        Tensor y = torch.empty_like(x);
        KeptRows kept = new KeptRows(y, chain.margin());
        RowSource source = RowSource.of(x);
        Chain rest = chain;
        while (!rest.links().isEmpty()) {
            int norm = rest.firstWhole();
            Chain front = rest.before(norm);
            rest = rest.from(norm);
            if (rest.links().isEmpty()) {
                each(front, source, kept);
            } else {
                Moments moments = new Moments(front.out());
                each(front, source, (from, rows) -> {
                    kept.accept(from, rows);
                    moments.accept(from, rows);
                });
                rest = rest.with(0, moments);
            }
            kept.restart();
            source = kept;
        }
        return y;
    }
}
