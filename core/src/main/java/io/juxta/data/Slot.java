package io.juxta.data;

import io.juxta.image.UnfitImageException;
import io.juxta.image.ViewShape;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one batch, filled again and again; it grows where views turn out larger than all before. The counters
 * are the ring's, under its lock; the pixels are written by the workers, each in its own rows.
 */
final class Slot {
    /** The views of one kind in this batch. */
    private static final class Views {
        private @Nullable FloatPointer memory;
        private @Nullable FloatBuffer buffer;
        /** Of the batch's views, as soon as one is made. */
        private @Nullable ViewShape shape;

        void reserve(long floats) {
            if (memory != null && memory.capacity() >= floats) {
                return;
            }
            free();
            // a reference of our own: a scope of the caller that ends earlier does not take the memory away
            FloatPointer larger = new FloatPointer(floats).retainReference();
            memory = larger;
            buffer = larger.asBuffer();
        }

        void free() {
            if (memory != null) {
                memory.releaseReference();
            }
            memory = null;
            buffer = null;
        }
    }

    private final Views[] views;
    final int[] labels;
    /** Of view 0: whether another image stands in for one that cannot be read. */
    final boolean[] replaced;

    private final int[][] indices;

    /** The batch in the epoch, from 0. */
    int number;
    /** The samples of the batch: fewer than there is room for in a last batch. */
    int size;
    /** Samples that a worker has taken and not finished. */
    int working;
    /** Samples finished. */
    int done;
    /** Nobody waits for this batch any more: it is free when its last worker leaves. */
    boolean abandoned;

    Slot(int batchSize, Samples samples) {
        labels = new int[batchSize];
        replaced = new boolean[batchSize];
        indices = new int[samples.views()][batchSize];
        views = new Views[samples.views()];
        for (int view = 0; view < views.length; view++) {
            Views room = new Views();
            samples.augmentation(view, 0).shape().ifPresent(shape -> room.reserve(batchSize * shape.length()));
            views[view] = room;
        }
    }

    /** The most samples of this shape that a batch can have: a Java buffer has at most 2^31 - 1 bytes. */
    static long limit(ViewShape shape) {
        return Integer.MAX_VALUE / (4 * shape.length());
    }

    /** Prepares for another batch. */
    void begin(int newNumber, int newSize) {
        number = newNumber;
        size = newSize;
        done = 0;
        abandoned = false;
        synchronized (views) {
            for (Views view : views) {
                view.shape = null;
            }
        }
    }

    /**
     * A buffer of its own at the place of one sample's view. The first view of a batch says what shape all have.
     *
     * @throws UnfitImageException when another one of the batch has another shape, or the batch would be too large
     */
    FloatBuffer at(int view, int row, ViewShape shape) {
        synchronized (views) {
            Views room = views[view];
            if (room.shape == null) {
                if (size > limit(shape)) {
                    throw new UnfitImageException("a batch of " + size + " views of " + shape.pixels()
                            + " pixels is above the limit of 2 GiB; crop them, or choose a smaller batch");
                }
                room.reserve(size * shape.length());
                room.shape = shape;
            } else if (!shape.equals(room.shape)) {
                throw new UnfitImageException("its view is " + shape.pixels() + " pixels, another of the same batch "
                        + room.shape.pixels() + "; crop them to one size, or choose batch size 1");
            }
            return Objects.requireNonNull(room.buffer).duplicate().position(Math.toIntExact(row * shape.length()));
        }
    }

    /** What the views of a batch are, of which at least one is made. */
    ViewShape shape(int view) {
        synchronized (views) {
            return Objects.requireNonNull(views[view].shape);
        }
    }

    FloatPointer memory(int view) {
        synchronized (views) {
            return Objects.requireNonNull(views[view].memory);
        }
    }

    /** For each row, the place of the view's image in its data set. */
    int[] indices(int view) {
        return indices[view];
    }

    int views() {
        return views.length;
    }

    boolean isReady() {
        return done == size;
    }

    void free() {
        synchronized (views) {
            for (Views view : views) {
                view.free();
            }
        }
    }
}
