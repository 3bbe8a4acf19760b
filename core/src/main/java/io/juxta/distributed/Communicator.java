package io.juxta.distributed;

import io.juxta.torch.Collective;
import io.juxta.torch.Scalars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the processes of a run say to each other. Every method that exchanges something must be called by all processes
 * in the same order, from one thread of each; it waits for the others. A process that died, is silent for longer than
 * the timeout, or gave up ends the wait of all others with an {@link java.io.UncheckedIOException} of a {@link
 * PeerException} that names it.
 *
 * <pre>{@code
 * try (Communicator communicator = Communicator.join(membership, device, lastResort)) {
 *     Tensor everything = communicator.gather(mine); // (size * N, ...), rank after rank
 *     communicator.mean(gradients);
 * }
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public abstract class Communicator implements Collective, AutoCloseable {
    /** What is on its way. */
    public interface Pending {
        /** Waits until the exchange is over. */
        void await();
    }

    Communicator() {}

    /** The one process of a run that has no other. */
    public static Communicator single() {
        return new SingleCommunicator();
    }

    /**
     * Meets the other processes.
     *
     * @param device that tensors are exchanged on: NCCL carries those of GPUs, Gloo those of CPUs
     * @param lastResort told why the run ends, when this process has not noticed within the timeout: it hangs somewhere,
     *     and only ending the JVM can help
     * @throws PeerException the same in all processes: when one does not come, comes twice, or counts them otherwise
     */
    public static Communicator join(Membership membership, Device device, Consumer<String> lastResort)
            throws IOException {
        return GroupCommunicator.meet(membership, device, lastResort);
    }

    /** Whether this process is the one that writes files and talks to people. */
    public final boolean isFirst() {
        return rank() == 0;
    }

    /** Starts replacing a contiguous tensor by its sum over all processes; it must not be touched meanwhile. */
    public abstract Pending sumLater(Tensor tensor);

    @Override
    public final void sum(Tensor tensor) {
        sumLater(tensor).await();
    }

    /**
     * Everybody's rows.
     *
     * @param mine (N, ...), contiguous, of one shape in all processes
     * @return (size * N, ...), rank after rank, without gradient, in the caller's scope
     */
    public abstract Tensor gather(Tensor mine);

    /**
     * Sends rows to where they are wanted.
     *
     * @param mine rows, those for rank 0 first
     * @param sent how many rows go to each rank
     * @param received how many come from each rank
     * @return the received rows, those of rank 0 first, without gradient, in the caller's scope
     */
    public abstract Tensor exchange(Tensor mine, long[] sent, long[] received);

    /** Overwrites a contiguous tensor with that of one process. */
    public abstract void broadcast(Tensor tensor, int from);

    /** Whether any process says so; asked of the CPU, whatever the device. */
    public abstract boolean any(boolean mine);

    /** Waits until all processes are here. */
    public final void barrier() {
        any(false);
    }

    /** Everybody's bytes, of any lengths, rank after rank. */
    public abstract List<byte[]> gather(byte[] mine);

    /** One process's bytes, for all. */
    public abstract byte[] broadcast(byte[] mine, int from);

    /** One process's text, for all. */
    public final String broadcast(String mine, int from) {
        return new String(broadcast(mine.getBytes(StandardCharsets.UTF_8), from), StandardCharsets.UTF_8);
    }

    /**
     * Replaces tensors by their means over all processes, in one exchange.
     *
     * @param tensors of one floating-point type, the same shapes in all processes
     */
    public final void mean(List<Tensor> tensors) {
        if (size() == 1 || tensors.isEmpty()) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            TensorVector parts = new TensorVector();
            ScalarType type = tensors.get(0).scalar_type().intern();
            tensors.forEach(tensor -> parts.push_back(tensor.reshape(-1).to(type)));
            Tensor flat = torch.cat(parts, 0);
            sum(flat);
            flat.div_(new Scalar((double) size()));
            long from = 0;
            for (Tensor tensor : tensors) {
                tensor.copy_(flat.narrow(0, from, tensor.numel()).reshape(tensor.sizes()));
                from += tensor.numel();
            }
        }
    }

    /**
     * The means of numbers over all processes, brought from the device in one copy.
     *
     * @param scalars by name, at least one, all on one device, the same names in all processes
     */
    public final Map<String, Double> means(Map<String, Tensor> scalars) {
        Map<String, Double> means = Scalars.read(scalars);
        if (size() == 1) {
            return means;
        }
        try (PointerScope scope = new PointerScope()) {
            double[] values =
                    means.values().stream().mapToDouble(Double::doubleValue).toArray();
            Tensor sums = Tensor.create(values);
            sum(sums);
            sums.data_ptr_double().get(values);
            int next = 0;
            for (Map.Entry<String, Double> mean : means.entrySet()) {
                mean.setValue(values[next++] / size());
            }
            return means;
        }
    }

    /** Tells the others why this process ends, so that they end with the same reason at once. Never throws. */
    public abstract void fail(Throwable reason);

    /**
     * Parts in peace when all have come to this call, or at once after {@link #fail}. The threads of the group end here.
     */
    @Override
    public abstract void close();
}
