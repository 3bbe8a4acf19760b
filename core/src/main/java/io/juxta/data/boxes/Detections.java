package io.juxta.data.boxes;

import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * What a detector says there is in a picture, the surest first. The arrays are not copied and must not be changed.
 *
 * @param boxes about each object
 * @param classes of each, from 0 to K - 1
 * @param scores how sure it is of each, from 0 to 1
 */
@API(status = API.Status.INTERNAL)
@SuppressWarnings("ArrayRecordComponent")
public record Detections(Boxes boxes, int[] classes, double[] scores) {
    /** Nothing found. */
    public static final Detections NONE = new Detections(Boxes.NONE, new int[0], new double[0]);

    public Detections {
        if (classes.length != boxes.size() || scores.length != boxes.size()) {
            throw new IllegalArgumentException(boxes.size() + " boxes have " + classes.length + " classes and "
                    + scores.length + " scores: one each is needed");
        }
    }

    public int size() {
        return classes.length;
    }

    /** Those that are at least so sure. */
    public Detections asSureAs(double least) {
        return select(IntStream.range(0, size()).filter(i -> scores[i] >= least).toArray());
    }

    /** Some of them. */
    public Detections select(int... which) {
        int[] some = new int[which.length];
        double[] sure = new double[which.length];
        for (int k = 0; k < which.length; k++) {
            some[k] = classes[which[k]];
            sure[k] = scores[which[k]];
        }
        return new Detections(boxes.select(which), some, sure);
    }

    /** The same, found in a picture of one size, as they lie in the picture of another; what has no size there is gone. */
    public Detections rescaled(PictureSize from, PictureSize to) {
        Boxes there = boxes.scale((double) to.width() / from.width(), (double) to.height() / from.height())
                .clip(to.width(), to.height());
        int[] left = IntStream.range(0, size()).filter(i -> there.exceeds(i, 0)).toArray();
        return new Detections(there, classes, scores).select(left);
    }
}
