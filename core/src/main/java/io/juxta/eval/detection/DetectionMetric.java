package io.juxta.eval.detection;

import io.juxta.data.boxes.Detections;
import io.juxta.data.boxes.LabelledBoxes;
import org.apiguardian.api.API;

/** Judges what was found in pictures, one after the other; their order decides between equal scores. */
@API(status = API.Status.INTERNAL)
public interface DetectionMetric {
    /**
     * Counts a picture.
     *
     * @param truth what there is in it, in its own pixels
     * @param found what was found in it, in its own pixels too
     */
    void add(LabelledBoxes truth, Detections found);

    /** What all pictures so far come to. */
    DetectionScores scores();
}
