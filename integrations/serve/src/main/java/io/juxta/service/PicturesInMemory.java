package io.juxta.service;

import io.juxta.lucene.Found;
import io.juxta.search.ImageIndex;
import io.juxta.search.Match;
import io.juxta.serve.Batcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/**
 * Pictures in memory. Many searches side by side, each with libtorch's threads, hinder one another; one thread of this object's searches
 * for all who ask meanwhile.
 */
final class PicturesInMemory implements SearchablePictures {
    private static final int AT_ONCE = 64;

    private final ImageIndex index;
    private final Batcher<Query, List<Match>> batcher;

    PicturesInMemory(ImageIndex index) {
        this.index = index;
        this.batcher = new Batcher<>("search", AT_ONCE, this::compute);
    }

    private List<List<Match>> compute(List<Query> queries) {
        int most = queries.stream().mapToInt(Query::k).max().orElse(1);
        float[][] vectors = queries.stream().map(Query::vector).toArray(float[][]::new);
        List<List<Match>> found = new ArrayList<>();
        for (List<Match> each : index.nearest(vectors, most)) {
            int k = queries.get(found.size()).k();
            found.add(each.subList(0, Math.min(k, each.size())));
        }
        return found;
    }

    @Override
    public List<Found> nearest(Query query) {
        try {
            return batcher.ask(query).get().stream()
                    .map(match -> new Found(match.name(), "", match.cosine()))
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a search was waiting");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(String.valueOf(cause.getMessage()), cause);
        }
    }

    @Override
    public boolean hasFoldersAndLabels() {
        return false;
    }

    @Override
    public int size() {
        return index.size();
    }

    @Override
    public int dimension() {
        return index.dimension();
    }

    @Override
    public void close() {
        batcher.close();
        index.close();
    }
}
