package io.juxta.eval.neighbours;

import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The nearest others of each picture by cosine, exactly, in blocks.
 *
 * @param k of each; the number of pictures less 1 where they are fewer
 * @param places (N, k) in turn, nearest first, of equally near ones in no order; never the picture itself
 * @param cosines (N, k) in turn
 */
@API(status = API.Status.EXPERIMENTAL)
public record Neighbours(int k, int[] places, float[] cosines) {
    private static final int QUERIES = 256;

    /**
     * Finds them.
     *
     * @param values float32 (N, D) on the CPU, of any length, N at least 1
     * @param k at least 1
     * @param progress is told how many more pictures are done
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static Neighbours of(Tensor values, int k, IntConsumer progress) throws InterruptedIOException {
        if (k < 1) {
            throw new IllegalArgumentException("k " + k + " must be at least 1");
        }
        int n = Math.toIntExact(values.size(0));
        int most = Math.min(k, n - 1);
        int[] places = new int[n * most];
        float[] cosines = new float[n * most];
        try (PointerScope whole = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor unit = torch.normalize(values);
            for (int from = 0; most > 0 && from < n; from += QUERIES) {
                Stop.ifInterrupted();
                int count = Math.min(QUERIES, n - from);
                block(unit, from, count, most, places, cosines);
                progress.accept(count);
            }
        }
        return new Neighbours(most, places, cosines);
    }

    private static void block(Tensor unit, int from, int count, int most, int[] places, float[] cosines) {
        try (PointerScope scope = new PointerScope()) {
            T_TensorTensor_T best = Nearest.of(unit.narrow(0, from, count), unit, most + 1);
            float[] near = new float[count * (most + 1)];
            best.get0().contiguous().data_ptr_float().get(near);
            long[] where = new long[near.length];
            best.get1().contiguous().data_ptr_long().get(where);
            for (int i = 0; i < count; i++) {
                // of many equal ones the picture itself need not be among the nearest: the last is left out then
                for (int j = 0, taken = 0; taken < most; j++) {
                    int at = i * (most + 1) + j;
                    if (where[at] != from + i) {
                        places[(from + i) * most + taken] = (int) where[at];
                        cosines[(from + i) * most + taken++] = Math.max(-1, Math.min(1, near[at]));
                    }
                }
            }
        }
    }

    /** N. */
    public int size() {
        return k == 0 ? 0 : places.length / k;
    }

    /** The place of a picture's j-th neighbour, counted from 0. */
    public int place(int picture, int j) {
        return places[picture * k + j];
    }

    /** The cosine of a picture and its j-th neighbour. */
    public float cosine(int picture, int j) {
        return cosines[picture * k + j];
    }

    /** 1 less the mean cosine of a picture and its neighbours: 0 among equals, at most 2. */
    public double distance(int picture) {
        double sum = 0;
        for (int j = 0; j < k; j++) {
            sum += 1 - cosine(picture, j);
        }
        return sum / k;
    }
}
