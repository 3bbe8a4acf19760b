package io.juxta.distributed;

import io.juxta.torch.TensorLists;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Backward passes after which every process has the mean of all processes' gradients (Li et al., 2020, "PyTorch
 * Distributed", section 3.2). Gradients are gathered in buckets, in the reverse order of the parameters, which is about
 * the order in which a backward pass makes them; each bucket is sent as soon as it is full, while the pass goes on.
 *
 * <p>With one process this is the backward pass alone.
 */
@API(status = API.Status.INTERNAL)
public final class GradientAverage implements AutoCloseable {
    /** Of a bucket: large enough that the time goes into bytes and not into messages. */
    static final long BYTES = 25L << 20;
    /** Of the first bucket, which is sent while most of the pass is still to come. */
    private static final long FIRST_BYTES = 1L << 20;

    private final Communicator communicator;
    private final List<Bucket> buckets = new ArrayList<>();
    private final List<Hook> hooks = new ArrayList<>();

    private int sent;
    private boolean active;
    private @Nullable RuntimeException failure;

    /**
     * @param parameters those that require a gradient now are averaged; one that is frozen later is left out while it is,
     *     in all processes
     */
    public GradientAverage(Communicator communicator, List<Tensor> parameters) {
        this(communicator, parameters, FIRST_BYTES, BYTES);
    }

    /** @param bytes of a bucket, which has at least one parameter */
    GradientAverage(Communicator communicator, List<Tensor> parameters, long firstBytes, long bytes) {
        this.communicator = communicator;
        if (communicator.size() == 1) {
            return;
        }
        List<Tensor> reversed = new ArrayList<>(parameters);
        Collections.reverse(reversed);
        List<Tensor> together = new ArrayList<>();
        long size = 0;
        for (Tensor parameter : reversed) {
            if (!parameter.requires_grad()) {
                continue;
            }
            together.add(parameter);
            size += parameter.nbytes();
            if (size >= (buckets.isEmpty() ? firstBytes : bytes)) {
                add(together);
                together = new ArrayList<>();
                size = 0;
            }
        }
        if (!together.isEmpty()) {
            add(together);
        }
    }

    private void add(List<Tensor> parameters) {
        Bucket bucket = new Bucket(parameters);
        buckets.add(bucket);
        for (int i = 0; i < parameters.size(); i++) {
            Hook hook = new Hook(bucket, i);
            // libtorch's callbacks live as long as their Java objects
            hook.retainReference();
            hooks.add(hook);
            parameters.get(i).register_hook(hook);
        }
    }

    /**
     * Computes the gradients of a loss and averages them. They must have been cleared before.
     *
     * @param loss a scalar, the mean over this process's part of a batch that is cut into equal parts
     */
    public void backward(Tensor loss) {
        if (buckets.isEmpty()) {
            loss.backward();
            return;
        }
        buckets.forEach(Bucket::begin);
        sent = 0;
        failure = null;
        active = true;
        try {
            loss.backward();
        } finally {
            active = false;
        }
        rethrow();
        while (sent < buckets.size()) {
            buckets.get(sent++).send(communicator);
        }
        for (Bucket bucket : buckets) {
            bucket.receive(communicator.size());
        }
    }

    /** Buckets are sent in one order everywhere, whatever the order in which they fill. */
    private void sendFull() {
        while (sent < buckets.size() && buckets.get(sent).isFull()) {
            buckets.get(sent++).send(communicator);
        }
    }

    private void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        hooks.forEach(Hook::releaseReference);
        buckets.forEach(Bucket::close);
    }

    /** Called with a parameter's gradient before it is added to the parameter; it must not throw through libtorch. */
    private final class Hook extends VoidTensorHook {
        private final Bucket bucket;
        private final int place;

        Hook(Bucket bucket, int place) {
            this.bucket = bucket;
            this.place = place;
        }

        @Override
        public void call(TensorBase gradient) {
            if (!active || failure != null) {
                return;
            }
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                bucket.put(place, new Tensor(gradient));
                sendFull();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
    }

    private static final class Bucket {
        private final List<Tensor> parameters;
        private final Tensor flat;
        private final List<Tensor> places = new ArrayList<>();
        private final boolean[] filled;
        private int count;
        private Communicator.@Nullable Pending pending;

        Bucket(List<Tensor> parameters) {
            this.parameters = List.copyOf(parameters);
            filled = new boolean[parameters.size()];
            long length = parameters.stream().mapToLong(Tensor::numel).sum();
            try (NoGradGuard guard = new NoGradGuard()) {
                flat = torch.zeros(new long[] {length}, parameters.get(0).options());
                long from = 0;
                for (Tensor parameter : parameters) {
                    places.add(
                            flat.narrow(0, from, parameter.numel()).as_strided(parameter.sizes(), parameter.strides()));
                    from += parameter.numel();
                }
            }
        }

        void begin() {
            count = 0;
            for (int i = 0; i < filled.length; i++) {
                filled[i] = false;
            }
        }

        void put(int place, Tensor gradient) {
            places.get(place).copy_(gradient);
            count += filled[place] ? 0 : 1;
            filled[place] = true;
        }

        boolean isFull() {
            return count == filled.length;
        }

        void send(Communicator communicator) {
            // the objects of an exchange outlive the scope of the callback that starts it
            pending = communicator.sumLater(flat);
        }

        void receive(int size) {
            if (pending != null) {
                pending.await();
                pending = null;
            }
            List<Tensor> gradients = new ArrayList<>();
            List<Tensor> means = new ArrayList<>();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                flat.div_(new Scalar((double) size));
                for (int i = 0; i < filled.length; i++) {
                    if (filled[i]) {
                        gradients.add(parameters.get(i).grad());
                        means.add(places.get(i));
                    }
                }
                if (!gradients.isEmpty()) {
                    TensorLists.copy(gradients, means);
                }
            }
        }

        void close() {
            places.forEach(Tensor::close);
            flat.close();
        }
    }
}
