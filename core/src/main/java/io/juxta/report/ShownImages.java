package io.juxta.report;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.image.UnreadableImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Some images of a domain, the same in every epoch.
 *
 * @param names what people call them
 * @param images as G sees them
 */
record ShownImages(List<String> names, List<Planes> images) {
    /**
     * Evenly over a data set; in the place of an unreadable one the next that can be read, before the next place.
     *
     * @param most how many at most
     */
    static ShownImages of(Dataset dataset, Augmentation view, int most) {
        List<String> names = new ArrayList<>();
        List<Planes> images = new ArrayList<>();
        int count = Math.min(most, dataset.size());
        for (int i = 0; i < count; i++) {
            int next = (int) ((i + 1L) * dataset.size() / count);
            for (int index = (int) ((long) i * dataset.size() / count); index < next; index++) {
                try {
                    images.add(Planes.of(dataset.image(index), view));
                    names.add(Pictures.cut(dataset.name(index)));
                    break;
                } catch (UnreadableImageException e) {
                    // the loader names it and counts it
                    continue;
                }
            }
        }
        return new ShownImages(names, images);
    }

    static ShownImages none() {
        return new ShownImages(List.of(), List.of());
    }
}
