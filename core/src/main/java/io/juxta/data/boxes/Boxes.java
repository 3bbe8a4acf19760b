package io.juxta.data.boxes;

import java.util.Arrays;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Rectangles in continuous coordinates, each from its left upper corner (x1, y1) to its right lower one (x2, y2): a
 * picture of W x H pixels reaches from 0 to W and from 0 to H, and an area is width times height without any "+ 1".
 * Immutable.
 */
@API(status = API.Status.INTERNAL)
public final class Boxes {
    /** No box. */
    public static final Boxes NONE = new Boxes(new double[0]);

    private static final int SIDES = 4;

    private final double[] xyxy;

    private Boxes(double[] xyxy) {
        this.xyxy = xyxy;
    }

    /**
     * Boxes from their corners.
     *
     * @param xyxy x1, y1, x2, y2 of the first, then of the second, and so on
     * @throws IllegalArgumentException when their number is no multiple of four
     */
    public static Boxes of(double... xyxy) {
        if (xyxy.length % SIDES != 0) {
            throw new IllegalArgumentException(xyxy.length + " coordinates are no boxes: each has four");
        }
        return new Boxes(xyxy.clone());
    }

    /** All boxes of several sets, in their order. */
    public static Boxes join(List<Boxes> parts) {
        double[] all =
                new double[parts.stream().mapToInt(part -> part.xyxy.length).sum()];
        int at = 0;
        for (Boxes part : parts) {
            System.arraycopy(part.xyxy, 0, all, at, part.xyxy.length);
            at += part.xyxy.length;
        }
        return new Boxes(all);
    }

    public int size() {
        return xyxy.length / SIDES;
    }

    public boolean isEmpty() {
        return xyxy.length == 0;
    }

    public double x1(int i) {
        return xyxy[SIDES * i];
    }

    public double y1(int i) {
        return xyxy[SIDES * i + 1];
    }

    public double x2(int i) {
        return xyxy[SIDES * i + 2];
    }

    public double y2(int i) {
        return xyxy[SIDES * i + 3];
    }

    public double width(int i) {
        return x2(i) - x1(i);
    }

    public double height(int i) {
        return y2(i) - y1(i);
    }

    public double area(int i) {
        return width(i) * height(i);
    }

    /** The coordinates, x1, y1, x2, y2 of each box: a copy. */
    public double[] toArray() {
        return xyxy.clone();
    }

    /**
     * Intersection over union of one of these and one of others, from 0 to 1: 0 where they do not meet, whatever their
     * areas.
     */
    public double iou(int i, Boxes others, int j) {
        double width = Math.min(x2(i), others.x2(j)) - Math.max(x1(i), others.x1(j));
        double height = Math.min(y2(i), others.y2(j)) - Math.max(y1(i), others.y1(j));
        if (!(width > 0 && height > 0)) {
            return 0;
        }
        double both = width * height;
        return both / (area(i) + others.area(j) - both);
    }

    /** What of each lies in a picture; a box outside of it becomes one without width or height. */
    public Boxes clip(double width, double height) {
        double[] clipped = new double[xyxy.length];
        for (int k = 0; k < xyxy.length; k++) {
            clipped[k] = Math.min(Math.max(xyxy[k], 0), k % 2 == 0 ? width : height);
        }
        return new Boxes(clipped);
    }

    /** Each coordinate times a factor of its axis. */
    public Boxes scale(double ofX, double ofY) {
        double[] scaled = new double[xyxy.length];
        for (int k = 0; k < xyxy.length; k++) {
            scaled[k] = xyxy[k] * (k % 2 == 0 ? ofX : ofY);
        }
        return new Boxes(scaled);
    }

    /** As they lie in the mirrored picture: x becomes width - x. */
    public Boxes flip(double width) {
        double[] flipped = new double[xyxy.length];
        for (int i = 0; i < size(); i++) {
            flipped[SIDES * i] = width - x2(i);
            flipped[SIDES * i + 1] = y1(i);
            flipped[SIDES * i + 2] = width - x1(i);
            flipped[SIDES * i + 3] = y2(i);
        }
        return new Boxes(flipped);
    }

    /** Some of them. */
    public Boxes select(int... which) {
        double[] some = new double[SIDES * which.length];
        for (int k = 0; k < which.length; k++) {
            System.arraycopy(xyxy, SIDES * which[k], some, SIDES * k, SIDES);
        }
        return new Boxes(some);
    }

    /** Whether a box has a width and a height above a limit; one with a coordinate that is no number has none. */
    public boolean exceeds(int i, double least) {
        return width(i) > least && height(i) > least;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Boxes boxes && Arrays.equals(xyxy, boxes.xyxy);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(xyxy);
    }

    @Override
    public String toString() {
        return size() + " boxes " + Arrays.toString(xyxy);
    }
}
