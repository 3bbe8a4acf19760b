package io.juxta.explore;

import io.juxta.eval.clusters.Clusters;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.util.Optional;
import org.apiguardian.api.API;

/** Makes clusters and the map of neighbours, or finds them where they were kept. */
@API(status = API.Status.INTERNAL)
public interface MapKeeping {
    /** Is told how far it is: what is being done, how much of how much. */
    interface Told {
        void at(String task, long done, long total);
    }

    /**
     * Groups the rows; empty where nobody asks for it.
     *
     * @throws java.io.InterruptedIOException when the thread is interrupted
     */
    Optional<Clusters> clusters(Embeddings embeddings, Told told) throws IOException;

    /**
     * Lays the rows out.
     *
     * @return x and y of each row in turn, on any scale
     * @throws java.io.InterruptedIOException when the thread is interrupted
     */
    double[] points(Embeddings embeddings, Told told) throws IOException;
}
