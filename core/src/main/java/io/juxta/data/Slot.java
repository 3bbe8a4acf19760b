package io.juxta.data;

import io.juxta.image.Augmentation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The memory of one batch, allocated once and filled again and again. The counters are the loader's, under its lock;
 * the pixels are written by the workers, each in its own rows.
 */
final class Slot {
    private final List<FloatPointer> memory = new ArrayList<>();
    private final List<FloatBuffer> buffers = new ArrayList<>();
    final int[] labels;
    final int[] indices;

    /** The batch in the epoch, from 0. */
    int number;
    /** The images of the batch: fewer than there is room for in a last batch. */
    int size;
    /** Images that a worker has taken and not finished. */
    int working;
    /** Images finished. */
    int done;
    /** Nobody waits for this batch any more: it is free when its last worker leaves. */
    boolean abandoned;

    Slot(int batchSize, List<Augmentation> views) {
        labels = new int[batchSize];
        indices = new int[batchSize];
        for (Augmentation view : views) {
            // a reference of our own: a scope of the caller that ends earlier does not take the memory away
            FloatPointer pointer = new FloatPointer((long) batchSize * view.length()).retainReference();
            memory.add(pointer);
            buffers.add(pointer.asBuffer());
        }
    }

    FloatPointer memory(int view) {
        return memory.get(view);
    }

    /** A buffer of its own at the place of one image of one view. */
    FloatBuffer at(int view, int row, int length) {
        return buffers.get(view).duplicate().position(row * length);
    }

    boolean isReady() {
        return done == size;
    }

    void free() {
        for (FloatPointer pointer : memory) {
            pointer.releaseReference();
        }
        memory.clear();
        buffers.clear();
    }
}
