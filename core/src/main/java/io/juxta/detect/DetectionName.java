package io.juxta.detect;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import org.apiguardian.api.API;

/** The method that a recipe for detectors names. */
@API(status = API.Status.INTERNAL)
public record DetectionName(
        @Default(METHOD) @Means("what is trained: faster-rcnn, a detector")
        String method) {
    /** Its name. */
    public static final String METHOD = "faster-rcnn";

    public DetectionName {
        if (!method.equals(METHOD)) {
            throw new IllegalArgumentException("method " + method + " makes no detector: only " + METHOD + " does");
        }
    }
}
