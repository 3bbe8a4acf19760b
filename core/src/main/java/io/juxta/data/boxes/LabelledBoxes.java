package io.juxta.data.boxes;

/**
 * What people say there is in a picture. The arrays are not copied and must not be changed.
 *
 * @param boxes about each object
 * @param classes of each, from 0 to K - 1
 * @param difficult whether each is so hard to see that finding it, or not, does not count (Everingham et al. 2010,
 *     section 3.1)
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelledBoxes(Boxes boxes, int[] classes, boolean[] difficult) {
    public LabelledBoxes {
        if (classes.length != boxes.size() || difficult.length != boxes.size()) {
            throw new IllegalArgumentException(boxes.size() + " boxes have " + classes.length + " classes and "
                    + difficult.length + " difficulties: one each is needed");
        }
    }

    /** None of them difficult. */
    public static LabelledBoxes of(Boxes boxes, int... classes) {
        return new LabelledBoxes(boxes, classes, new boolean[classes.length]);
    }

    public int size() {
        return classes.length;
    }

    /** The same objects in other boxes. */
    public LabelledBoxes at(Boxes others) {
        return new LabelledBoxes(others, classes, difficult);
    }

    /** Some of them. */
    public LabelledBoxes select(int... which) {
        int[] some = new int[which.length];
        boolean[] hard = new boolean[which.length];
        for (int k = 0; k < which.length; k++) {
            some[k] = classes[which[k]];
            hard[k] = difficult[which[k]];
        }
        return new LabelledBoxes(boxes.select(which), some, hard);
    }
}
