package io.juxta.data;

import io.juxta.image.ViewShape;
import io.juxta.natives.Natives;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A batch that lies in one of the loader's slots. Closing it gives the slot back, and its tensors must not be used from
 * then on: copy what is to outlive it.
 */
@API(status = API.Status.INTERNAL)
public final class Batch implements BatchSource.Views {
    static {
        Natives.require();
    }

    private final Slot slot;
    private final int number;
    private final int size;
    private final List<Tensor> views = new ArrayList<>();
    private final Consumer<Slot> giveBack;
    private boolean closed;

    Batch(Slot slot, Consumer<Slot> giveBack) {
        this.slot = slot;
        this.number = slot.number;
        this.size = slot.size;
        this.giveBack = giveBack;
        for (int view = 0; view < slot.views(); view++) {
            ViewShape shape = slot.shape(view);
            long[] sizes = {size, shape.channels(), shape.height(), shape.width()};
            long[] strides = {shape.length(), 1, (long) shape.channels() * shape.width(), shape.channels()};
            Tensor tensor = torch.from_blob(slot.memory(view), sizes, strides);
            // the batch's own reference: a scope of the caller that ends earlier does not take the tensor away
            views.add(tensor.retainReference());
        }
    }

    /** The place of the batch in its epoch, from 0. */
    public int number() {
        return number;
    }

    /** The samples in the batch. */
    public int size() {
        return size;
    }

    /**
     * One view of the samples.
     *
     * @param view from 0, in the order of the loader's augmentations
     * @return float32 (size, C, H, W), channels last, normalised; it lies in the slot's memory and belongs to the batch
     */
    @Override
    public Tensor view(int view) {
        requireOpen();
        return views.get(view);
    }

    /** The classes of the images of view 0, -1 where there is none; a copy. */
    public int[] labels() {
        requireOpen();
        return Arrays.copyOf(slot.labels, size);
    }

    /** Whether a row of view 0 shows another image than the one that belongs there and cannot be read. */
    public boolean isReplaced(int row) {
        requireOpen();
        return slot.replaced[row];
    }

    /** The places of the images of view 0 in their data set, as {@link #indices(int)}. */
    @Override
    public int[] indices() {
        return indices(0);
    }

    /** The places of a view's images in their data set; a copy. A replaced unreadable image has its replacement's. */
    public int[] indices(int view) {
        requireOpen();
        return Arrays.copyOf(slot.indices(view), size);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("batch " + number + " is closed");
        }
    }

    /** Gives the slot back to the loader; a second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            views.forEach(Tensor::releaseReference);
            giveBack.accept(slot);
        }
    }
}
