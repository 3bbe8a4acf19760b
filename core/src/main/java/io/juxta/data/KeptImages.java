package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * A data set whose pictures are decoded once and then stay in memory, as many as there is room for. Reading and decoding
 * are nearly half of what two views of a photograph cost, and a file that is in memory can be neither slow nor gone.
 *
 * <p>The pictures that come first stay, to the end: every epoch wants every picture once, and then it makes no
 * difference which of them are kept, but to exchange them would mean that each is gone when its turn comes.
 *
 * <pre>{@code
 * try (KeptImages images = KeptImages.of(ImageFolder.open(photos), 256L << 20);
 *         Loader loader = Loader.open(images, List.of(view, view), LoaderOptions.of(256, seed))) {
 *     ...
 * }
 * }</pre>
 */
public final class KeptImages implements Dataset, AutoCloseable {
    private static final int BLOCK = 8 << 20;

    private final Dataset whole;
    private final long limit;
    /** Null where a picture is not kept. */
    private final @Nullable Place[] places;

    private final List<BytePointer> blocks = new ArrayList<>();
    /** Pictures are copied out under the read lock; the memory changes, and goes, under the other. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private ByteBuffer last = ByteBuffer.allocate(0);
    private int used;
    private long bytes;
    private boolean closed;

    /** Where a picture lies. */
    private record Place(ByteBuffer block, int start, int width, int height) {
        Image image() {
            byte[] rgb = new byte[3 * width * height];
            block.get(start, rgb);
            return new Image(width, height, rgb);
        }
    }

    private KeptImages(Dataset whole, long limit) {
        this.whole = whole;
        this.limit = limit;
        this.places = new Place[limit > 0 ? whole.size() : 0];
    }

    /**
     * Nothing is read yet.
     *
     * @param whole what is kept; a set that lies in memory anyway ({@link Dataset#isInMemory}) is not kept twice
     * @param limit of the memory for pictures, in bytes; 0 to keep none
     * @throws IllegalArgumentException when the limit is negative
     */
    public static KeptImages of(Dataset whole, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("memory of " + limit + " bytes for images must be at least 0");
        }
        return new KeptImages(whole, whole.isInMemory() ? 0 : limit);
    }

    /** The memory that is taken for pictures, in bytes, outside of the heap. */
    public long bytes() {
        lock.readLock().lock();
        try {
            return bytes;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        if (places.length == 0) {
            return whole.image(index);
        }
        lock.readLock().lock();
        try {
            Place place = places[index];
            if (place != null) {
                return place.image();
            }
        } finally {
            lock.readLock().unlock();
        }
        Image image = whole.image(index);
        keep(index, image);
        return image;
    }

    private void keep(int index, Image image) {
        lock.writeLock().lock();
        try {
            int length = image.rgb().length;
            if (closed || places[index] != null || !reserve(length)) {
                return;
            }
            last.put(used, image.rgb());
            places[index] = new Place(last, used, image.width(), image.height());
            used += length;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Room for a picture in the last block, or in a new one where the limit allows. */
    private boolean reserve(int length) {
        if (last.capacity() - used >= length) {
            return true;
        }
        long size = Math.min(Math.max(BLOCK, length), limit - bytes);
        if (size < length) {
            return false;
        }
        // a reference of our own: a scope of the caller that ends earlier does not take the memory away
        BytePointer block = new BytePointer(size).retainReference();
        blocks.add(block);
        bytes += size;
        last = block.asByteBuffer();
        used = 0;
        return true;
    }

    /** Frees the memory; pictures are read from the data set again. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            Arrays.fill(places, null);
            blocks.forEach(BytePointer::releaseReference);
            blocks.clear();
            last = ByteBuffer.allocate(0);
            used = 0;
            bytes = 0;
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public int label(int index) {
        return whole.label(index);
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public String name(int index) {
        return whole.name(index);
    }

    @Override
    public String source(int index) {
        return whole.source(index);
    }

    @Override
    public boolean isInMemory() {
        return whole.isInMemory();
    }
}
