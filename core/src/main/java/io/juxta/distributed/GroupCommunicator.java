package io.juxta.distributed;

import io.juxta.torch.Scalars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_gloo;
import org.bytedeco.pytorch.global.torch_nccl;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.jspecify.annotations.Nullable;

/** Several processes by c10d: Gloo for what lies on the CPU, NCCL for what lies on a GPU. */
final class GroupCommunicator extends Communicator {
    /** How often a wait looks whether the run is over. */
    private static final long GLANCE = 250;

    /** Longer than anything that a process does between two exchanges. */
    private static final long LIMIT = 30 * 60_000L;

    /**
     * Stores that a group holds. The binding would free them when their Java objects are collected, and the group when it
     * ends; so the first must never happen.
     */
    private static final Queue<Store> HELD = new ConcurrentLinkedQueue<>();

    private final Membership membership;
    private final Rendezvous rendezvous;
    private final Watch watch;
    private final Backend control;
    private final Backend data;
    private final boolean onGpu;
    private final AtomicBoolean over = new AtomicBoolean();

    private GroupCommunicator(Rendezvous rendezvous, Watch watch, Backend control, Backend data) {
        this.rendezvous = rendezvous;
        this.membership = rendezvous.membership();
        this.watch = watch;
        this.control = control;
        this.data = data;
        onGpu = data != control;
    }

    static GroupCommunicator meet(Membership membership, Device device, Consumer<String> lastResort)
            throws IOException {
        Loader.load(torch_gloo.class);
        Rendezvous rendezvous = Rendezvous.meet(membership);
        Watch watch = new Watch(rendezvous, lastResort);
        watch.start();
        try {
            ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create();
            options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(rendezvous.own()));
            Store store = held(rendezvous, "gloo");
            Backend gloo = new ProcessGroupGloo(store, membership.rank(), membership.size(), options);
            return new GroupCommunicator(rendezvous, watch, gloo, device.is_cuda() ? nccl(rendezvous) : gloo);
        } catch (RuntimeException e) {
            String reason = "rank " + membership.rank() + " cannot talk to the others from " + rendezvous.own() + " ("
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                    + "): name the network with GLOO_SOCKET_IFNAME";
            watch.publish(reason);
            watch.linger();
            watch.close();
            throw new PeerException(reason, e);
        }
    }

    private static Store held(Rendezvous rendezvous, String name) {
        Store store = new PrefixStore(rendezvous.key(name), rendezvous.store()).retainReference();
        HELD.add(rendezvous.store().retainReference());
        HELD.add(store);
        return store;
    }

    private static Backend nccl(Rendezvous rendezvous) {
        Loader.load(torch_nccl.class);
        Store store = held(rendezvous, "nccl");
        Membership membership = rendezvous.membership();
        return new ProcessGroupNCCL(store, membership.rank(), membership.size(), ProcessGroupNCCL.Options.create());
    }

    @Override
    public int rank() {
        return membership.rank();
    }

    @Override
    public int size() {
        return membership.size();
    }

    private Backend carrying(Tensor tensor) {
        return tensor.is_cuda() ? data : control;
    }

    @Override
    public Pending sumLater(Tensor tensor) {
        Backend backend = carrying(tensor);
        // what is awaited later outlives the scope it was started in
        Work work = started(() -> backend.allreduce(new TensorVector(tensor), new AllreduceOptions()))
                .retainReference();
        return () -> {
            await(work, backend);
            work.releaseReference();
        };
    }

    @Override
    public Tensor gather(Tensor mine) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor rows = mine.contiguous();
            long[] shape = rows.sizes().vec().get();
            shape[0] *= size();
            Tensor all = torch.empty(shape, rows.options(), new MemoryFormatOptional());
            Backend backend = carrying(rows);
            await(started(() -> backend._allgather_base(all, rows)), backend);
            return all;
        }
    }

    @Override
    public Tensor exchange(Tensor mine, long[] sent, long[] received) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor rows = mine.contiguous();
            long[] shape = rows.sizes().vec().get();
            shape[0] = 0;
            for (long count : received) {
                shape[0] += count;
            }
            Tensor all = torch.empty(shape, rows.options(), new MemoryFormatOptional());
            Backend backend = carrying(rows);
            await(
                    started(() -> backend.alltoall_base(all, rows, new LongVector(received), new LongVector(sent))),
                    backend);
            return all;
        }
    }

    @Override
    public void broadcast(Tensor tensor, int from) {
        Backend backend = carrying(tensor);
        BroadcastOptions options = new BroadcastOptions();
        options.rootRank(from);
        try (NoGradGuard guard = new NoGradGuard()) {
            await(started(() -> backend.broadcast(new TensorVector(tensor.detach()), options)), backend);
        }
    }

    @Override
    public boolean any(boolean mine) {
        try (PointerScope scope = new PointerScope()) {
            Tensor votes = torch.scalar_tensor(new Scalar(mine ? 1.0 : 0.0));
            sum(votes);
            return Scalars.read(Map.of("votes", votes)).getOrDefault("votes", 0.0) > 0;
        }
    }

    @Override
    public List<byte[]> gather(byte[] mine) {
        try (PointerScope scope = new PointerScope()) {
            Tensor lengths = gather(Tensor.create(new long[] {mine.length}));
            long[] length = new long[size()];
            lengths.data_ptr_long().get(length);
            int most = 1;
            for (long each : length) {
                most = Math.max(most, Math.toIntExact(each));
            }
            byte[] padded = Arrays.copyOf(mine, most);
            Tensor all = gather(Tensor.create(padded));
            byte[] bytes = new byte[most * size()];
            all.data_ptr_byte().get(bytes);
            List<byte[]> parts = new ArrayList<>();
            for (int rank = 0; rank < size(); rank++) {
                parts.add(Arrays.copyOfRange(bytes, rank * most, rank * most + (int) length[rank]));
            }
            return parts;
        }
    }

    @Override
    public byte[] broadcast(byte[] mine, int from) {
        try (PointerScope scope = new PointerScope()) {
            Tensor length = Tensor.create(new long[] {mine.length});
            broadcast(length, from);
            byte[] bytes = Arrays.copyOf(mine, Math.toIntExact(Math.max(1, length.item_long())));
            Tensor tensor = Tensor.create(bytes);
            broadcast(tensor, from);
            tensor.data_ptr_byte().get(bytes);
            return Arrays.copyOf(bytes, Math.toIntExact(length.item_long()));
        }
    }

    private interface Start {
        Work start();
    }

    private Work started(Start start) {
        watch.begins();
        String reason = watch.reason();
        if (reason != null) {
            throw over(reason, null);
        }
        try {
            return start.start();
        } catch (RuntimeException e) {
            throw broken(e);
        }
    }

    private void await(Work work, Backend backend) {
        if (onGpu && backend == data) {
            // the stream waits, this thread does not: what goes wrong shows in the next copy to the CPU
            try {
                work._wait();
            } catch (RuntimeException e) {
                throw broken(e);
            }
            return;
        }
        long end = System.nanoTime() + LIMIT * 1_000_000;
        while (true) {
            try {
                work._wait(new Milliseconds(GLANCE));
                return;
            } catch (RuntimeException e) {
                if (work.isCompleted()) {
                    finished(work);
                    return;
                }
            }
            String reason = watch.reason();
            if (reason != null) {
                throw over(reason, null);
            }
            if (System.nanoTime() > end) {
                watch.publish(watch.late() + " did not come to an exchange within " + LIMIT / 60_000
                        + " minutes: it hangs, or does something else than the others");
            }
        }
    }

    /** A work that ended between the end of a wait and the look at it may have ended well. */
    private void finished(Work work) {
        try {
            work._wait();
        } catch (RuntimeException e) {
            throw broken(e);
        }
    }

    private UncheckedIOException broken(RuntimeException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return over(watch.reasonFor("an exchange between the processes broke: " + message), e);
    }

    private UncheckedIOException over(String reason, @Nullable RuntimeException cause) {
        over.set(true);
        return new UncheckedIOException(new PeerException(reason, cause));
    }

    @Override
    public void fail(Throwable reason) {
        if (over.getAndSet(true)) {
            return;
        }
        String message = String.valueOf(reason.getMessage()).lines().findFirst().orElse("");
        watch.publish("rank " + rank() + " failed: "
                + (reason.getMessage() == null ? reason.getClass().getSimpleName() : message));
    }

    @Override
    public void close() {
        if (!over.get()) {
            try {
                barrier();
            } catch (UncheckedIOException e) {
                over.set(true);
            }
        }
        if (over.get()) {
            watch.linger();
        }
        watch.close();
        if (!over.get()) {
            control.close();
        }
    }
}
