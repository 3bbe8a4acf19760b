package io.juxta.curation;

import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Greedy facility location: always the candidate that adds most to the sum, over all candidates, of the cosine with the nearest
 * that is chosen. What one adds only falls as others are chosen (submodularity), so that what it last added is a bound, and
 * only those are looked at again whose bound is above what the best is known to add (Minoux, 1978): exact, and mostly a few.
 * Memory is that of a block of products, 16 MB.
 */
final class FacilityLocation {
    private static final int ROWS = 8192;
    private static final int MOST = 512;

    /** @param chosen how many were chosen when it was known to add this much */
    private record Gain(int candidate, double most, int chosen) {}

    private static final Comparator<Gain> ORDER =
            Comparator.comparingDouble(Gain::most).reversed().thenComparingInt(Gain::candidate);

    private final Tensor unit;
    /** The cosine of each candidate with the nearest that is chosen. */
    private final float[] nearest;

    private final PriorityQueue<Gain> gains = new PriorityQueue<>(ORDER);

    /** @param nearest the cosine of each with the nearest that is labelled, -1 where none is */
    FacilityLocation(Tensor unit, float[] nearest) {
        this.unit = unit;
        this.nearest = nearest.clone();
    }

    Selection choose(int n, IntConsumer progress) throws InterruptedIOException {
        for (int i = 0; i < nearest.length; i++) {
            gains.add(new Gain(i, Double.POSITIVE_INFINITY, -1));
        }
        List<Integer> chosen = new ArrayList<>();
        List<Double> curve = new ArrayList<>();
        while (chosen.size() < n) {
            Stop.ifInterrupted();
            int next = best(chosen.size());
            chosen.add(next);
            take(next);
            curve.add(distance());
            progress.accept(1);
        }
        return new Selection(Selection.By.DIVERSITY, chosen, curve);
    }

    /** Looks at more and more at once for as long as the best bound is an old one. */
    private int best(int chosen) throws InterruptedIOException {
        for (int atOnce = 8; gains.element().chosen() < chosen; atOnce = Math.min(MOST, 2 * atOnce)) {
            Stop.ifInterrupted();
            List<Integer> asked = new ArrayList<>();
            while (asked.size() < atOnce && !gains.isEmpty() && gains.element().chosen() < chosen) {
                asked.add(gains.remove().candidate());
            }
            double[] added = added(asked);
            for (int i = 0; i < added.length; i++) {
                gains.add(new Gain(asked.get(i), added[i], chosen));
            }
        }
        return gains.remove().candidate();
    }

    /** What each of some candidates adds to the sum. */
    private double[] added(List<Integer> asked) {
        double[] added = new double[asked.size()];
        try (PointerScope whole = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long[] places = asked.stream().mapToLong(i -> i).toArray();
            Tensor columns = unit.index_select(0, Tensor.create(places)).t();
            Tensor best = Tensor.create(nearest).unsqueeze(1);
            for (int from = 0; from < nearest.length; from += ROWS) {
                try (PointerScope scope = new PointerScope()) {
                    int count = Math.min(ROWS, nearest.length - from);
                    float[] sums = new float[added.length];
                    unit.narrow(0, from, count)
                            .matmul(columns)
                            .sub_(best.narrow(0, from, count))
                            .clamp_min_(new Scalar(0))
                            .sum(0)
                            .contiguous()
                            .data_ptr_float()
                            .get(sums);
                    for (int i = 0; i < sums.length; i++) {
                        added[i] += sums[i];
                    }
                }
            }
        }
        return added;
    }

    private void take(int candidate) {
        float[] cosines = new float[nearest.length];
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            unit.mv(unit.select(0, candidate)).data_ptr_float().get(cosines);
        }
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = Math.max(nearest[i], cosines[i]);
        }
    }

    private double distance() {
        double sum = 0;
        for (float cosine : nearest) {
            sum += 1 - Math.min(1, cosine);
        }
        return sum / nearest.length;
    }
}
