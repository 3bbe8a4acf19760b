package io.juxta.data;

import io.juxta.image.UnreadableImageException;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of a data set that turned out unreadable: named once each, and not too many. */
final class Unreadable {
    private static final Logger log = LoggerFactory.getLogger(Loader.class);
    private static final int NAMED = 10;

    private final int size;
    private final TreeMap<Integer, String> messages = new TreeMap<>();

    /** @param size images in the data set */
    Unreadable(int size) {
        this.size = size;
    }

    /** @throws UnreadableDatasetException when more than one image and more than 1 % of them are unreadable */
    synchronized void add(int index, UnreadableImageException cause) throws UnreadableDatasetException {
        String message = String.valueOf(cause.getMessage());
        if (messages.putIfAbsent(index, message) == null) {
            log.warn("skipped: {}", message);
        }
        int count = messages.size();
        // a single bad file should not stop a small set, unless it is all there is
        if (count == size || (count > 1 && 100L * count > size)) {
            List<String> first = messages.values().stream().limit(NAMED).toList();
            throw new UnreadableDatasetException(count + " of " + size
                    + " images are unreadable, the limit is 1 %; mend or remove them: " + String.join("; ", first)
                    + (count > NAMED ? "; and " + (count - NAMED) + " more" : ""));
        }
    }

    synchronized List<String> messages() {
        return List.copyOf(messages.values());
    }
}
