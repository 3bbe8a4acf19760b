package io.juxta.service;

import io.juxta.lucene.Among;
import io.juxta.lucene.Found;
import io.juxta.lucene.SearchedIndex;
import io.juxta.search.ImageIndex;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** Embedded pictures in which a service searches, for many requests at once. */
@API(status = API.Status.EXPERIMENTAL)
public interface SearchablePictures extends AutoCloseable {
    /**
     * What is looked for.
     *
     * @param vector its embedding
     * @param k how many are wanted, at least 1
     * @param folder in which, or below which, alone
     * @param label of those alone
     */
    record Query(float[] vector, int k, Optional<String> folder, Optional<String> label) {}

    /** The nearest first. */
    List<Found> nearest(Query query) throws IOException;

    /** Whether folders and labels are known here. */
    boolean hasFoldersAndLabels();

    int size() throws IOException;

    /** The length of an embedding. */
    int dimension();

    @Override
    void close() throws IOException;

    /** Those in memory: what is asked at once is searched at once, as one product of matrices. They are closed with this. */
    static SearchablePictures of(ImageIndex index) {
        return new PicturesInMemory(index);
    }

    /** Those of an index on disk, which is closed with this. What a writer commits is found. */
    static SearchablePictures of(SearchedIndex index) {
        return new SearchablePictures() {
            @Override
            public List<Found> nearest(Query query) throws IOException {
                Among folder = query.folder().map(Among::folder).orElse(Among.all());
                Among label = query.label().map(Among::label).orElse(Among.all());
                return index.nearest(query.vector(), query.k(), folder.and(label));
            }

            @Override
            public boolean hasFoldersAndLabels() {
                return true;
            }

            @Override
            public int size() throws IOException {
                return index.size();
            }

            @Override
            public int dimension() {
                return index.dimension();
            }

            @Override
            public void close() throws IOException {
                index.close();
            }
        };
    }
}
