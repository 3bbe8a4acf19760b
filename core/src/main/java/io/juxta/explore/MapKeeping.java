package io.juxta.explore;

import io.juxta.search.Embeddings;
import java.io.IOException;
import org.apiguardian.api.API;

/** Makes the map of neighbours, or finds it where it was kept. */
@API(status = API.Status.INTERNAL)
public interface MapKeeping {
    /** Is told how far it is: what is being done, how much of how much. */
    interface Told {
        void at(String task, long done, long total);
    }

    /**
     * Lays the rows out.
     *
     * @return x and y of each row in turn, on any scale
     * @throws java.io.InterruptedIOException when the thread is interrupted
     */
    double[] points(Embeddings embeddings, Told told) throws IOException;
}
