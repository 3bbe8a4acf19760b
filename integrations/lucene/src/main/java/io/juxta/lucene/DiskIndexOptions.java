package io.juxta.lucene;

import org.apiguardian.api.API;

/**
 * Options of a {@link DiskIndex}; they may differ from one opening to the next, but that the graph's are of what is written from then on.
 *
 * @param connections of each vector in the graph, M of Malkov and Yashunin (2018): 16; more finds more, builds longer and takes more
 *     memory
 * @param candidates looked at while a vector finds its place in the graph, their efConstruction: 100
 * @param looked vectors that a search by the graph looks at for each one asked for, of which the nearest by their exact cosines are
 *     given: 10; more finds more, and takes longer in proportion
 * @param exactUpTo a search among no more pictures than these compares with every one: 20,000, among which that takes 4 to 8 ms. A graph
 *     takes 1 to 4 from 5,000 on, and misses some (docs/results.md)
 * @param bufferMegabytes of memory for what is not written yet: 256
 */
@API(status = API.Status.EXPERIMENTAL)
public record DiskIndexOptions(int connections, int candidates, int looked, int exactUpTo, int bufferMegabytes) {
    private static final int MOST_CONNECTIONS = 512;
    private static final int MOST_CANDIDATES = 3200;
    private static final int MOST_LOOKED = 1000;
    private static final int MOST_BUFFER = 2000;

    public DiskIndexOptions {
        require("connections", connections, 2, MOST_CONNECTIONS);
        require("candidates", candidates, connections, MOST_CANDIDATES);
        require("looked", looked, 1, MOST_LOOKED);
        require("exactUpTo", exactUpTo, 0, Integer.MAX_VALUE);
        require("bufferMegabytes", bufferMegabytes, 16, MOST_BUFFER);
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " must be from " + least + " to " + most);
        }
    }

    /** 16 connections, 100 candidates, ten looked at for each asked for, exact up to 20,000 pictures, 256 MB. */
    public static DiskIndexOptions defaults() {
        return new DiskIndexOptions(16, 100, 10, 20_000, 256);
    }

    public DiskIndexOptions withLooked(int looked) {
        return new DiskIndexOptions(connections, candidates, looked, exactUpTo, bufferMegabytes);
    }

    public DiskIndexOptions withExactUpTo(int exactUpTo) {
        return new DiskIndexOptions(connections, candidates, looked, exactUpTo, bufferMegabytes);
    }
}
