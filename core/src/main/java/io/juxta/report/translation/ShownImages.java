package io.juxta.report.translation;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.drawing.Planes;
import io.juxta.report.snapshots.Pictures;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Some images of a domain, the same in every epoch.
 *
 * @param names what people call them
 * @param images as G sees them
 */
@API(status = API.Status.INTERNAL)
public record ShownImages(List<String> names, List<Planes> images) {
    /**
     * Evenly over a data set; in the place of an unreadable one the next that can be read, before the next place.
     *
     * @param most how many at most
     */
    public static ShownImages of(Dataset dataset, Augmentation view, int most) {
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

    public static ShownImages none() {
        return new ShownImages(List.of(), List.of());
    }
}
