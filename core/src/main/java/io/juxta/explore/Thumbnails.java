package io.juxta.explore;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Png;
import io.juxta.image.SufficientSize;
import io.juxta.image.Thumbnail;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Pictures made small, as files; those asked for last are kept. Safe for use by many threads at once. */
final class Thumbnails {
    /** Of a picture with sides up to this nothing is lost. */
    private static final int PIXELS = 48;

    private static final int QUALITY = 85;
    private static final long PATIENCE_SECONDS = 20;

    /** What is kept of them in all. */
    static final long MOST_BYTES = 48L << 20;

    private final Dataset images;
    private final int side;
    private final Semaphore atOnce = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Map<Integer, Made> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** A file and its type. */
    record Made(String type, byte[] file) {}

    /** All who may decode are at it. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1;

        BusyException() {
            super("too much is asked for at once: ask again");
        }
    }

    /** @param side the longer one, at most */
    Thumbnails(Dataset images, int side) {
        this.images = images.shrunk(new SufficientSize((double) side * side, side));
        this.side = side;
    }

    /** @throws io.juxta.image.UnreadableImageException when it is gone, has changed or cannot be decoded */
    Made of(int picture) throws IOException {
        synchronized (kept) {
            Made before = kept.get(picture);
            if (before != null) {
                return before;
            }
        }
        Made made = make(picture);
        synchronized (kept) {
            Made before = kept.put(picture, made);
            bytes += made.file.length - (before == null ? 0 : before.file.length);
            var eldest = kept.values().iterator();
            while (bytes > MOST_BYTES && eldest.hasNext()) {
                bytes -= eldest.next().file.length;
                eldest.remove();
            }
        }
        return made;
    }

    private Made make(int picture) throws IOException {
        try {
            if (!atOnce.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new BusyException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException();
        }
        try {
            Image small = Thumbnail.of(images.image(picture), side);
            return Math.max(small.width(), small.height()) <= PIXELS
                    ? new Made("image/png", Png.encode(small))
                    : new Made("image/jpeg", Jpeg.encode(small, QUALITY));
        } finally {
            atOnce.release();
        }
    }

    /** Bytes that are kept. */
    long bytes() {
        synchronized (kept) {
            return bytes;
        }
    }
}
