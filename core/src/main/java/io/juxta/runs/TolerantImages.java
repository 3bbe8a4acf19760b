package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images of which any number may be unreadable: each is named in the log, a blank one stands in for it, and it is remembered. */
final class TolerantImages implements Dataset {
    private static final Logger log = LoggerFactory.getLogger(Embedder.class);

    private final Dataset images;
    /** Why each could not be read, by its place; guarded by itself. */
    private final Map<Integer, String> unread = new TreeMap<>();

    TolerantImages(Dataset images) {
        this.images = images;
    }

    boolean isUnread(int image) {
        synchronized (unread) {
            return unread.containsKey(image);
        }
    }

    int unread() {
        synchronized (unread) {
            return unread.size();
        }
    }

    @Override
    public Image image(int index) {
        try {
            return images.image(index);
        } catch (UnreadableImageException e) {
            synchronized (unread) {
                unread.put(index, String.valueOf(e.getMessage()));
            }
            log.warn("left out: {}", e.getMessage());
            return new Image(1, 1, new byte[3]);
        }
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int label(int index) {
        return images.label(index);
    }

    @Override
    public List<String> classes() {
        return images.classes();
    }

    @Override
    public String name(int index) {
        return images.name(index);
    }

    @Override
    public String source(int index) {
        return images.source(index);
    }

    @Override
    public Optional<FileState> fileState(int index) {
        return images.fileState(index);
    }
}
