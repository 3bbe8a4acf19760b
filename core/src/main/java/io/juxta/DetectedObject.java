package io.juxta;

import org.apiguardian.api.API;

/**
 * An object that a {@link Detector} found in a picture, in the picture's own pixels: from 0 at the left edge to its width at the
 * right one, and from 0 at the upper edge to its height.
 *
 * @param name of its class
 * @param score how sure the detector is, from 0 to 1
 * @param x1 left edge of the box
 * @param y1 upper edge
 * @param x2 right edge, above x1
 * @param y2 lower edge, above y1
 */
@API(status = API.Status.STABLE)
public record DetectedObject(String name, double score, double x1, double y1, double x2, double y2) {
    /** In pixels. */
    public double width() {
        return x2 - x1;
    }

    /** In pixels. */
    public double height() {
        return y2 - y1;
    }

    /** Intersection over union of the boxes of two objects of one picture, from 0 (apart) to 1 (the same). */
    public double overlap(DetectedObject other) {
        double wide = Math.min(x2, other.x2) - Math.max(x1, other.x1);
        double high = Math.min(y2, other.y2) - Math.max(y1, other.y1);
        if (!(wide > 0 && high > 0)) {
            return 0;
        }
        double both = wide * high;
        return both / (width() * height() + other.width() * other.height() - both);
    }
}
