package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Draws;
import java.util.List;
import org.apiguardian.api.API;

/**
 * What a {@link Loader} makes batches of: numbered samples of one or more views, each view an image of a data set of
 * its own or of the same, augmented in its own way. Implementations are immutable, safe for use by many threads at
 * once, and functions of their arguments: that is what makes a batch the same for any number of threads.
 */
@API(status = API.Status.INTERNAL)
public interface Samples {
    /** The samples of an epoch. */
    int size();

    /** The views of a sample, at least 1. */
    int views();

    /** The images that a view is of; two views of one and the same data set may share a decoded image. */
    Dataset dataset(int view);

    /**
     * Which image of {@link #dataset} a view of a sample is of. Views for which both agree are of one image, which is
     * decoded once.
     *
     * @param sample from 0 to {@code size() - 1}
     * @param draws follow from the seed, the epoch, the sample and the view, and serve nothing else
     */
    int image(int sample, int view, Draws draws);

    /**
     * How a view is made in an epoch. It is asked for every image: make augmentations beforehand.
     *
     * @param epoch from 0; also the number below 0 of an epoch before all others
     */
    Augmentation augmentation(int view, int epoch);

    /** Every image once in an epoch, in one view for each augmentation. */
    static Samples of(Dataset dataset, List<Augmentation> views) {
        return new ViewsOfOne(dataset, views);
    }
}
