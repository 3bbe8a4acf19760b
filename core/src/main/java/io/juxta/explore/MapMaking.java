package io.juxta.explore;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Clusters and then a map that are made beside, in a thread of its own that ends when this is closed; tells how far it is. */
final class MapMaking implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 60;

    /** Makes both, and tells. */
    interface Work {
        Optional<Grouped> clusters(MapKeeping.Told told) throws IOException;

        float[] points(MapKeeping.Told told) throws IOException;
    }

    private enum State {
        WORKING,
        READY,
        FAILED
    }

    private record Standing(State state, String task, long done, long total) {}

    private volatile Standing standing = new Standing(State.WORKING, "", 0, 1);
    private volatile byte @Nullable [] points;
    private volatile @Nullable Grouped clusters;
    private final Thread thread;

    MapMaking(Work work) {
        thread = new Thread(() -> make(work), "clusters and map");
        thread.setDaemon(true);
        thread.start();
    }

    private void make(Work work) {
        try {
            MapKeeping.Told told = (task, done, total) -> standing = new Standing(State.WORKING, task, done, total);
            clusters = work.clusters(told).orElse(null);
            points = bytes(work.points(told));
            standing = new Standing(State.READY, "", 1, 1);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            standing = new Standing(State.FAILED, String.valueOf(e.getMessage()), 0, 1);
        }
    }

    /** x and y of each picture in turn, as float32, little end first; empty until it is made. */
    Optional<byte[]> points() {
        return Optional.ofNullable(points);
    }

    /** The clusters; empty until they are made, and where there are to be none. */
    Optional<Grouped> clusters() {
        return Optional.ofNullable(clusters);
    }

    /** How far it is, for the page. */
    ObjectNode json() {
        Standing now = standing; // first: who hears that all is ready also hears of the clusters
        ObjectNode json = JSON.createObjectNode();
        json.put("state", now.state.name().toLowerCase(Locale.ROOT));
        json.put("task", now.task);
        json.put("done", now.done);
        json.put("total", now.total);
        json.put("clusters", clusters != null);
        return json;
    }

    static byte[] bytes(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("the thread of the map did not end");
        }
    }
}
