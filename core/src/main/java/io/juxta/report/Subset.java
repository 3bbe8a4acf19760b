package io.juxta.report;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.util.List;

/** Some images of a data set, in an order of their own. */
record Subset(Dataset whole, List<Integer> indices) implements Dataset {
    Subset {
        indices = List.copyOf(indices);
    }

    @Override
    public int size() {
        return indices.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        return whole.image(indices.get(index));
    }

    @Override
    public int label(int index) {
        return whole.label(indices.get(index));
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public String name(int index) {
        return whole.name(indices.get(index));
    }
}
