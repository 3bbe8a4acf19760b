package io.juxta.moco;

import io.juxta.distributed.Communicator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The images of a batch in another order, over processes that hold a part each (He et al., 2020, section 3.3, "Shuffling
 * BN"). An image is sent only to the process that wants it; the original sends all to all.
 */
final class ShuffledRows {
    private static final long[] CHANNELS_LAST = {0, 2, 3, 1};
    private static final long[] CHANNELS_FIRST = {0, 3, 1, 2};

    private ShuffledRows() {}

    /**
     * @param x this process's rows of the batch, (n, ...)
     * @param order row j of the shuffled batch is row {@code order[j]} of the batch; the same in all processes
     * @return this process's rows of the shuffled batch, (n, ...), laid out as x is
     */
    static Tensor of(Communicator communicator, Tensor x, int[] order) {
        int n = Math.toIntExact(x.size(0));
        int processes = communicator.size();
        int mine = communicator.rank();
        long[] sent = new long[processes];
        long[] received = new long[processes];
        for (int j = 0; j < order.length; j++) {
            int from = order[j] / n;
            int to = j / n;
            sent[to] += from == mine ? 1 : 0;
            received[from] += to == mine ? 1 : 0;
        }
        // rows leave in the order in which they are wanted, so they come grouped by their processes
        long[] leaving = new long[n];
        long[] places = new long[n];
        long[] next = new long[processes];
        for (int rank = 1; rank < processes; rank++) {
            next[rank] = next[rank - 1] + received[rank - 1];
        }
        int left = 0;
        for (int j = 0; j < order.length; j++) {
            int from = order[j] / n;
            if (from == mine) {
                leaving[left++] = order[j] - (long) mine * n;
            }
            if (j / n == mine) {
                places[j - mine * n] = next[from]++;
            }
        }
        Tensor rows = x.index_select(0, indices(leaving, x));
        if (processes == 1) {
            return rows;
        }
        boolean pictures = x.dim() == 4;
        Tensor got = communicator.exchange(pictures ? rows.permute(CHANNELS_LAST) : rows, sent, received);
        Tensor placed = got.index_select(0, indices(places, x));
        return pictures ? placed.permute(CHANNELS_FIRST) : placed;
    }

    private static Tensor indices(long[] values, Tensor on) {
        return Tensor.create(values).to(on.device(), ScalarType.Long);
    }
}
