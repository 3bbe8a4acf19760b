package io.juxta.cut.strips;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Activations that are replaced from the top down by what is made of them: the rows that have just been replaced are
 * still to be had as they were, as far as the next strip reaches up.
 */
@API(status = API.Status.INTERNAL)
public final class KeptRows implements RowSource, RowSource.Sink {
    private final Tensor all;
    private final int reach;
    /** The last rows that were replaced, as they were. */
    private final Tensor above;

    private long replaced;

    /**
     * @param all (1, C, H, W)
     * @param reach rows above a strip that are asked for when the strip is
     */
    public KeptRows(Tensor all, int reach) {
        this.all = all;
        this.reach = reach;
        this.above = all.narrow(2, 0, 1).repeat(1, 1, Math.max(1, reach), 1);
    }

    /** From the top again: of what has been made, something else is made. */
    void restart() {
        replaced = 0;
    }

    @Override
    public long rows() {
        return all.size(2);
    }

    @Override
    public long columns() {
        return all.size(3);
    }

    /** A copy: what is made of it may be put in its place. */
    @Override
    public Tensor rows(long from, long to) {
        if (from >= replaced) {
            return all.narrow(2, from, to - from).clone();
        }
        long old = replaced - from;
        return torch.cat(
                new TensorVector(above.narrow(2, reach - old, old), all.narrow(2, replaced, to - replaced)), 2);
    }

    @Override
    public void accept(long from, Tensor rows) {
        long to = from + rows.size(2);
        if (reach > 0) {
            // of a strip lower than the reach, the first rows come from the strip above it
            long old = Math.min(reach, to);
            above.narrow(2, reach - old, old).copy_(rows(to - old, to));
        }
        replaced = to;
        all.narrow(2, from, rows.size(2)).copy_(rows);
    }
}
