package io.juxta.distributed;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Everybody's rows, with gradient: what the losses of all processes say of a row comes back to the process that it is
 * of, summed. After the mean that {@link GradientAverage} takes, parameters have the derivative of the mean of those losses.
 *
 * <p>For as long as a learner: libtorch calls the hook in here, and does not keep it. All processes must gather in the
 * same order.
 */
@API(status = API.Status.INTERNAL)
public final class GatheredRows {
    private final Communicator communicator;
    private final SumOfGradients hook = new SumOfGradients();

    public GatheredRows(Communicator communicator) {
        this.communicator = communicator;
    }

    /** The processes that rows are gathered from. */
    public Communicator communicator() {
        return communicator;
    }

    /**
     * @param mine (n, ...), of one shape in all processes
     * @return (processes n, ...), rank after rank
     */
    public Tensor of(Tensor mine) {
        int processes = communicator.size();
        if (processes == 1) {
            return mine;
        }
        Tensor all;
        try (NoGradGuard guard = new NoGradGuard()) {
            all = communicator.gather(mine.detach().contiguous());
        }
        if (!GradMode.is_enabled() || !mine.requires_grad()) {
            return all;
        }
        long n = mine.size(0);
        TensorVector parts = new TensorVector();
        for (int rank = 0; rank < processes; rank++) {
            parts.push_back(rank == communicator.rank() ? mine : all.narrow(0, rank * n, n));
        }
        Tensor rows = torch.cat(parts, 0);
        rows.register_hook(hook);
        return rows;
    }

    /** Called in the backward pass, in the same order in every process. */
    private final class SumOfGradients extends TensorTensorHook {
        @Override
        public TensorBase call(TensorBase gradient) {
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor sum = new Tensor(gradient).clone().contiguous();
                communicator.sum(sum);
                return sum;
            }
        }
    }
}
