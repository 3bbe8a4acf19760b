package io.juxta.data.boxes;

import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * What people say there is in a picture. The arrays are not copied and must not be changed.
 *
 * @param boxes about each object
 * @param classes of each, from 0 to K - 1
 * @param difficult whether each is so hard to see that finding it, or not, does not count (Everingham et al., 2010,
 *     section 3.1); in COCO's sets whether it is a crowd
 * @param areas how many square pixels each object covers; those of the boxes where nobody has measured
 */
@API(status = API.Status.INTERNAL)
@SuppressWarnings("ArrayRecordComponent")
public record LabelledBoxes(Boxes boxes, int[] classes, boolean[] difficult, double[] areas) {
    public LabelledBoxes {
        if (classes.length != boxes.size() || difficult.length != boxes.size() || areas.length != boxes.size()) {
            throw new IllegalArgumentException(boxes.size() + " boxes have " + classes.length + " classes, "
                    + difficult.length + " difficulties and " + areas.length + " areas: one each is needed");
        }
    }

    /** With the boxes' areas. */
    public LabelledBoxes(Boxes boxes, int[] classes, boolean[] difficult) {
        this(
                boxes,
                classes,
                difficult,
                IntStream.range(0, boxes.size()).mapToDouble(boxes::area).toArray());
    }

    /** None of them difficult. */
    public static LabelledBoxes of(Boxes boxes, int... classes) {
        return new LabelledBoxes(boxes, classes, new boolean[classes.length]);
    }

    public int size() {
        return classes.length;
    }

    /** The same objects in other boxes, whose areas count from now on. */
    public LabelledBoxes at(Boxes others) {
        return new LabelledBoxes(others, classes, difficult);
    }

    /** Some of them. */
    public LabelledBoxes select(int... which) {
        int[] some = new int[which.length];
        boolean[] hard = new boolean[which.length];
        double[] covered = new double[which.length];
        for (int k = 0; k < which.length; k++) {
            some[k] = classes[which[k]];
            hard[k] = difficult[which[k]];
            covered[k] = areas[which[k]];
        }
        return new LabelledBoxes(boxes.select(which), some, hard, covered);
    }
}
