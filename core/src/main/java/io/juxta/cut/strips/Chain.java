package io.juxta.cut.strips;

import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Layers one behind the other that pass a strip of an image: some of its rows, at full width, and as many more above and
 * below as these depend on. A strip is counted in rows where the image is smallest, its base rows.
 *
 * @param in channels that the first layer gets
 */
@API(status = API.Status.INTERNAL)
public record Chain(int in, List<Link> links) {
    /** An activation as libtorch has it, and as oneDNN lays it out for a convolution. */
    private static final int COPIES = 2;

    /** A layer as a function; it may change its input in place. */
    @FunctionalInterface
    public interface Layer {
        Tensor forward(Tensor x);

        /**
         * The same for a strip of an image.
         *
         * @param from which of the image's rows is the first of x
         */
        default Tensor forward(Tensor x, long from) {
            return forward(x);
        }
    }

    /**
     * A layer at its place.
     *
     * @param out channels that it leaves
     * @param kept how often as many values as it leaves are kept for the backward pass; 0 where it works in place
     */
    public record Link(Layer layer, int out, Reach reach, double kept) {
        public Link(Layer layer, int out) {
            this(layer, out, Reach.POINT, 1);
        }

        Link doneBy(Layer other) {
            return new Link(other, out, reach, kept);
        }

        public Link reaching(Reach other) {
            return new Link(layer, out, other, kept);
        }

        public Link keeping(double times) {
            return new Link(layer, out, reach, times);
        }
    }

    public Chain {
        links = List.copyOf(links);
    }

    /** The channels that the last layer leaves. */
    public int out() {
        return links.isEmpty() ? in : links.get(links.size() - 1).out();
    }

    /** Another chain behind this one. */
    public Chain then(Chain next) {
        List<Link> all = new ArrayList<>(links);
        all.addAll(next.links);
        return new Chain(in, all);
    }

    /** The layers in front of one. */
    public Chain before(int layer) {
        return new Chain(in, links.subList(0, layer));
    }

    /** A layer and all behind it. */
    Chain from(int layer) {
        return new Chain(before(layer).out(), links.subList(layer, links.size()));
    }

    /** The same with a layer done otherwise. */
    public Chain with(int layer, Layer other) {
        return with(layer, links.get(layer).doneBy(other));
    }

    /** The same with a norm by statistics that are known, so that a row depends on itself alone. */
    public Chain with(int norm, Moments known) {
        return with(norm, links.get(norm).doneBy(known).reaching(Reach.POINT));
    }

    private Chain with(int layer, Link other) {
        List<Link> all = new ArrayList<>(links);
        all.set(layer, other);
        return new Chain(in, all);
    }

    /** The number of the first layer that depends on all rows; the number of layers where there is none. */
    public int firstWhole() {
        int layer = 0;
        while (layer < links.size() && !links.get(layer).reach().whole()) {
            layer++;
        }
        return layer;
    }

    /** Rows of the input for each base row. */
    public long scale() {
        int deepest = 0;
        int halvings = 0;
        for (Link link : links) {
            halvings += link.reach().halvings();
            deepest = Math.max(deepest, halvings);
        }
        return 1L << deepest;
    }

    /** Rows that are needed above and below a strip: in front of each layer, and behind the last. */
    private long[] margins() {
        long[] margins = new long[links.size() + 1];
        for (int i = links.size() - 1; i >= 0; i--) {
            margins[i] = links.get(i).reach().margin(margins[i + 1]);
        }
        return margins;
    }

    /** Rows of the input that are needed above and below a strip. */
    public int margin() {
        return Math.toIntExact(margins()[0]);
    }

    /**
     * Bytes that are alive where most of them are while a strip is passed: the input and the output of one layer.
     *
     * @param columns of the input
     * @param each bytes of a value
     */
    long bytes(long baseRows, long columns, int each) {
        long[] margins = margins();
        long scale = scale();
        long width = columns;
        long before = in * width * (baseRows * scale + 2 * margins[0]);
        long most = before;
        for (int i = 0; i < links.size(); i++) {
            Reach reach = links.get(i).reach();
            scale = reach.scaled(scale);
            width = reach.scaled(width);
            long behind = links.get(i).out() * width * (baseRows * scale + 2 * margins[i + 1]);
            most = Math.max(most, before + behind);
            before = behind;
        }
        return COPIES * each * most;
    }

    /** About how many values are kept of an image for the backward pass. */
    public long kept(long height, long width) {
        long rows = height;
        long columns = width;
        long values = 0;
        for (Link link : links) {
            Reach reach = link.reach();
            rows = reach.scaled(rows) + 2L * reach.grows();
            columns = reach.scaled(columns) + 2L * reach.grows();
            values += link.kept() * link.out() * rows * columns;
        }
        return values;
    }

    /**
     * Passes a strip.
     *
     * @param from its first base row
     * @param to excluded
     * @return what belongs to it of the output
     */
    public Tensor pass(RowSource source, long from, long to) {
        long[] margins = margins();
        long scale = scale();
        long first = Math.max(0, from * scale - margins[0]);
        long end = Math.min(source.rows(), to * scale + margins[0]);
        Tensor y = source.rows(first, end);
        for (int i = 0; i < links.size(); i++) {
            Reach reach = links.get(i).reach();
            y = passed(links.get(i).layer(), y, first);
            scale = reach.scaled(scale);
            first = reach.scaled(first) - reach.grows();
            end = reach.scaled(end) + reach.grows();
            // where a strip ends but the image does not, the layer took the end for a border
            long wantedFirst = Math.max(first, from * scale - margins[i + 1]);
            long wantedEnd = Math.min(end, to * scale + margins[i + 1]);
            if (wantedFirst > first || wantedEnd < end) {
                y = y.narrow(2, wantedFirst - first, wantedEnd - wantedFirst);
            }
            first = wantedFirst;
            end = wantedEnd;
        }
        return y;
    }

    /** Passes a layer, and frees what the layer made on the way, and its input. */
    private static Tensor passed(Layer layer, Tensor x, long from) {
        PointerScope outer = PointerScope.getInnerScope();
        Tensor y;
        try (PointerScope scope = new PointerScope()) {
            // what works in place gives a reference to its input's handle: the copy shares the tensor, not the handle
            y = new Tensor(layer.forward(x, from));
            outer.attach(y);
        }
        x.close();
        return y;
    }
}
