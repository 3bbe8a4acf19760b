package io.juxta.data;

import io.juxta.image.Augmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A batch that lies in one of the loader's slots. Closing it gives the slot back, and its tensors must not be used from
 * then on: copy what is to outlive it.
 */
public final class Batch implements AutoCloseable {
    private final Slot slot;
    private final int number;
    private final int size;
    private final List<Tensor> views = new ArrayList<>();
    private final Consumer<Slot> giveBack;
    private boolean closed;

    Batch(Slot slot, List<Augmentation> augmentations, Consumer<Slot> giveBack) {
        this.slot = slot;
        this.number = slot.number;
        this.size = slot.size;
        this.giveBack = giveBack;
        for (int view = 0; view < augmentations.size(); view++) {
            long side = augmentations.get(view).size();
            long[] sizes = {size, 3, side, side};
            long[] strides = {3 * side * side, 1, 3 * side, 3};
            Tensor tensor = torch.from_blob(slot.memory(view), sizes, strides);
            // the batch's own reference: a scope of the caller that ends earlier does not take the tensor away
            views.add(tensor.retainReference());
        }
    }

    /** The place of the batch in its epoch, from 0. */
    public int number() {
        return number;
    }

    /** The images in the batch. */
    public int size() {
        return size;
    }

    /**
     * One view of the images.
     *
     * @param view from 0, in the order of the loader's augmentations
     * @return float32 (size, 3, H, W), channels last, normalised; it lies in the slot's memory and belongs to the batch
     */
    public Tensor view(int view) {
        requireOpen();
        return views.get(view);
    }

    /** The classes of the images, -1 where there is none; a copy. */
    public int[] labels() {
        requireOpen();
        return Arrays.copyOf(slot.labels, size);
    }

    /** The places of the images in the data set; a copy. A replaced unreadable image has its replacement's. */
    public int[] indices() {
        requireOpen();
        return Arrays.copyOf(slot.indices, size);
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
