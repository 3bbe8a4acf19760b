package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data set whose pictures stay in memory once they are decoded, as many as there is room for. Reading and decoding
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
@API(status = API.Status.INTERNAL)
public final class KeptImages implements Dataset, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptImages.class);

    /** Small pictures share blocks of memory. */
    private static final int BLOCK = 8 << 20;

    /** A picture from this size on has a block of its own, so that at most a sixteenth of a shared one stays empty. */
    private static final int LARGE = BLOCK / 16;

    private final Dataset whole;
    private final LongFunction<BytePointer> allocator;
    private final AtomicReferenceArray<@Nullable Place> places;
    /** Whoever copies a picture in or out holds the read lock; the other is for the end of all. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private final List<BytePointer> blocks = new ArrayList<>();
    private long limit;
    private long bytes;
    private ByteBuffer shared = ByteBuffer.allocate(0);
    private int used;
    private boolean closed;

    /** Where a picture lies. */
    private record Place(ByteBuffer block, int start, int width, int height) {
        Image image() {
            byte[] rgb = new byte[3 * width * height];
            block.get(start, rgb);
            return new Image(width, height, rgb);
        }
    }

    KeptImages(Dataset whole, long limit, LongFunction<BytePointer> allocator) {
        this.whole = whole;
        this.limit = limit;
        this.allocator = allocator;
        this.places = new AtomicReferenceArray<>(limit > 0 ? whole.size() : 0);
    }

    /**
     * Nothing is read yet.
     *
     * @param whole what is kept; a set that lies in memory anyway ({@link Dataset#isInMemory}) is not kept twice
     * @param limit of the memory for pictures, in bytes; 0 to keep none. Where the system gives less, less is kept
     * @throws IllegalArgumentException when the limit is negative
     */
    public static KeptImages of(Dataset whole, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("memory of " + limit + " bytes for images must be at least 0");
        }
        return new KeptImages(whole, whole.isInMemory() ? 0 : limit, BytePointer::new);
    }

    /** The memory that is taken for pictures, in bytes, outside of the heap. */
    public synchronized long bytes() {
        return bytes;
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        if (places.length() == 0) {
            return whole.image(index);
        }
        lock.readLock().lock();
        try {
            Place place = places.get(index);
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
        lock.readLock().lock();
        try {
            Place place = places.get(index) == null ? reserve(image) : null;
            if (place != null) {
                place.block.put(place.start, image.rgb());
                places.set(index, place);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private synchronized @Nullable Place reserve(Image image) {
        int length = image.rgb().length;
        if (closed) {
            return null;
        }
        if (length >= LARGE) {
            ByteBuffer block = allocate(length, length);
            return block == null ? null : new Place(block, 0, image.width(), image.height());
        }
        if (shared.capacity() - used < length) {
            ByteBuffer block = allocate(length, BLOCK);
            if (block == null) {
                return null;
            }
            shared = block;
            used = 0;
        }
        Place place = new Place(shared, used, image.width(), image.height());
        used += length;
        return place;
    }

    /** A block of {@code most} bytes, or of what is left, if that is {@code least}. */
    private @Nullable ByteBuffer allocate(int least, int most) {
        long size = Math.min(most, limit - bytes);
        if (size < least) {
            return null;
        }
        try {
            // a reference of our own: a scope of the caller that ends earlier does not take the memory away
            BytePointer block = allocator.apply(size).retainReference();
            blocks.add(block);
            bytes += size;
            return block.asByteBuffer();
        } catch (OutOfMemoryError e) {
            log.warn("no memory for more than {} MiB of pictures: the others are decoded in every epoch", bytes >> 20);
            limit = bytes;
            return null;
        }
    }

    /** Frees the memory; pictures are read from the data set again. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            for (int i = 0; i < places.length(); i++) {
                places.set(i, null);
            }
            free();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private synchronized void free() {
        closed = true;
        blocks.forEach(BytePointer::releaseReference);
        blocks.clear();
        shared = ByteBuffer.allocate(0);
        used = 0;
        bytes = 0;
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
    public Optional<FileState> fileState(int index) {
        return whole.fileState(index);
    }

    @Override
    public long checksum(int index) throws IOException {
        return whole.checksum(index);
    }

    @Override
    public String source(int index) {
        return whole.source(index);
    }

    @Override
    public boolean isInMemory() {
        return whole.isInMemory();
    }

    @Override
    public Dataset origin() {
        return whole.origin();
    }
}
