package io.juxta.eval;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.util.List;

/**
 * The same few images of a data set every time, spread evenly over it, so that a set sorted by class gives of every
 * class. Where one cannot be read, the next that can be stands for it.
 */
final class MonitoredImages implements Dataset {
    private static final int TRIES = 8;

    private final Dataset dataset;
    private final int size;

    /** @param atMost images; all where the set has no more */
    MonitoredImages(Dataset dataset, int atMost) {
        this.dataset = dataset;
        size = Math.min(atMost, dataset.size());
    }

    private int place(int index) {
        return Math.toIntExact((long) index * dataset.size() / size);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        int first = place(index);
        for (int next = first + 1; ; next++) {
            try {
                return dataset.image(next - 1);
            } catch (UnreadableImageException e) {
                // the loop that learns from it names it; here there is only somebody to stand in
                if (next == dataset.size() || next == first + TRIES) {
                    throw e;
                }
            }
        }
    }

    @Override
    public int label(int index) {
        return dataset.label(place(index));
    }

    @Override
    public List<String> classes() {
        return dataset.classes();
    }

    @Override
    public String name(int index) {
        return dataset.name(place(index));
    }

    @Override
    public String source(int index) {
        return dataset.source(place(index));
    }

    @Override
    public Dataset origin() {
        return dataset.origin();
    }
}
