package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.util.List;

/** A data set that passes everything on. */
abstract class PassingOn implements Dataset {
    private final Dataset inner;

    PassingOn(Dataset inner) {
        this.inner = inner;
    }

    @Override
    public int size() {
        return inner.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        return inner.image(index);
    }

    @Override
    public int label(int index) {
        return inner.label(index);
    }

    @Override
    public List<String> classes() {
        return inner.classes();
    }

    @Override
    public String name(int index) {
        return inner.name(index);
    }
}
