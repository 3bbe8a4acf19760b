package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Draws;
import java.util.List;

/** Samples that are the images of one data set, each in several views. */
record ViewsOfOne(Dataset images, List<Augmentation> augmentations) implements Samples {
    ViewsOfOne {
        augmentations = List.copyOf(augmentations);
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int views() {
        return augmentations.size();
    }

    @Override
    public Dataset dataset(int view) {
        return images;
    }

    @Override
    public int image(int sample, int view, Draws draws) {
        return sample;
    }

    @Override
    public Augmentation augmentation(int view, int epoch) {
        return augmentations.get(view);
    }
}
