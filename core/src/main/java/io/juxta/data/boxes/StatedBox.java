package io.juxta.data.boxes;

/**
 * A box as a file states it, not yet checked; continuous coordinates in the picture's pixels.
 *
 * @param name of its class
 * @param difficult whether it does not count when it is not found
 * @param area of the object, NaN where nobody says
 */
record StatedBox(String name, double x1, double y1, double x2, double y2, boolean difficult, double area) {}
