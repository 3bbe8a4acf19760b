package io.juxta.swav;

import io.juxta.distributed.Communicator;
import io.juxta.train.health.Entropy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How often each prototype was the nearest of a crop since the epoch began: what shows that few do all the work. */
final class PrototypeUsage implements AutoCloseable {
    private final List<Integer> prototypes;
    private final Tensor counts;

    /** @param prototypes K of each head */
    PrototypeUsage(List<Integer> prototypes, Device device) {
        this.prototypes = List.copyOf(prototypes);
        counts = torch.zeros(prototypes.stream().mapToLong(K -> K).sum()).to(device, ScalarType.Long);
    }

    /** An epoch begins. */
    void reset() {
        counts.zero_();
    }

    /**
     * Counts the nearest prototypes of crops.
     *
     * @param scores (N, K) of a head, without gradient
     */
    void count(int head, Tensor scores) {
        count(head, scores, Communicator.single());
    }

    /** Counts those of all processes, each with its own scores. */
    void count(int head, Tensor scores, Communicator communicator) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor nearest = scores.argmax(new LongOptional(1), false); // N
            Tensor counted = torch.bincount(nearest, new TensorOptional(), prototypes.get(head));
            communicator.sum(counted);
            of(head).add_(counted);
        }
    }

    private Tensor of(int head) {
        long from = prototypes.stream().limit(head).mapToLong(K -> K).sum();
        return counts.narrow(0, from, prototypes.get(head));
    }

    /** int64, the prototypes of the first head first. */
    Tensor counts() {
        return counts;
    }

    /**
     * The epoch's figures: {@code prototype_entropy}, the entropy of the usage as a share of ln K, from 0 where one
     * prototype has all crops to 1 where all have as many, the mean over heads; {@code dead_prototypes}, in percent
     * of all prototypes those that were nearest to no crop. Nothing where nothing was counted.
     */
    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        double entropy = 0;
        long dead = 0;
        for (int head = 0; head < prototypes.size(); head++) {
            long[] counted = counted(head);
            long all = 0;
            for (long count : counted) {
                all += count;
                dead += count == 0 ? 1 : 0;
            }
            if (all == 0) {
                return Map.of();
            }
            entropy += Entropy.evenness(LongStream.of(counted).asDoubleStream().toArray());
        }
        figures.put("prototype_entropy", entropy / prototypes.size());
        figures.put("dead_prototypes", 100.0 * dead / counts.numel());
        return figures;
    }

    private long[] counted(int head) {
        try (PointerScope scope = new PointerScope()) {
            long[] counted = new long[prototypes.get(head)];
            of(head).cpu().contiguous().data_ptr_long().get(counted);
            return counted;
        }
    }

    @Override
    public void close() {
        counts.close();
    }
}
