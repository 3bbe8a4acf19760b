package io.juxta.train.embedding;

import io.juxta.image.Normalization;
import org.apiguardian.api.API;

/** Channel means and standard deviations by the name of the data set they were taken over. */
@API(status = API.Status.INTERNAL)
public enum Statistics {
    IMAGENET(Normalization.IMAGENET),
    CIFAR10(Normalization.CIFAR10),
    UNIT(Normalization.UNIT);

    private final Normalization normalization;

    Statistics(Normalization normalization) {
        this.normalization = normalization;
    }

    public Normalization normalization() {
        return normalization;
    }
}
