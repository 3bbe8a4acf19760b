package io.juxta.data;

import io.juxta.image.UnreadableImageException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of a data set that turned out unreadable to a loader: not too many, and each named once by the log. */
final class Unreadable {
    private static final Logger log = LoggerFactory.getLogger(Loader.class);
    private static final int NAMED = 10;

    /** What the log has named of a data set: a run opens loader after loader of it, to measure by. */
    private static final Map<Dataset, Set<String>> IN_THE_LOG = new WeakHashMap<>();

    private final Dataset dataset;
    private final TreeMap<Integer, String> messages = new TreeMap<>();

    Unreadable(Dataset dataset) {
        this.dataset = dataset;
    }

    /** @throws UnreadableDatasetException when more than one image and more than 1 % of them are unreadable */
    synchronized void add(int index, UnreadableImageException cause) throws UnreadableDatasetException {
        String message = String.valueOf(cause.getMessage());
        if (messages.putIfAbsent(index, message) == null) {
            name(index, message);
        }
        int size = dataset.size();
        int count = messages.size();
        // a single bad file should not stop a small set, unless it is all there is
        if (count == size || (count > 1 && 100L * count > size)) {
            List<String> first = messages.values().stream().limit(NAMED).toList();
            throw new UnreadableDatasetException(count + " of " + size
                    + " images are unreadable, the limit is 1 %; mend or remove them: " + String.join("; ", first)
                    + (count > NAMED ? "; and " + (count - NAMED) + " more" : ""));
        }
    }

    private void name(int index, String message) {
        String named = dataset.source(index) + "\n" + message;
        synchronized (IN_THE_LOG) {
            if (!IN_THE_LOG
                    .computeIfAbsent(dataset.origin(), key -> new HashSet<>())
                    .add(named)) {
                return;
            }
        }
        log.warn("skipped: {}", message);
    }

    synchronized List<String> messages() {
        return List.copyOf(messages.values());
    }
}
