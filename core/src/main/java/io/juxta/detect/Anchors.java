package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import java.util.List;

/**
 * The boxes that a region proposal network starts from, several at each place of a feature map (Ren et al., 2015, section
 * 3.1.1): of every size and, within it, of every shape, centred at (stride j, stride i), not rounded, also beyond the
 * picture's edge.
 *
 * @param sizes square roots of their areas, in pixels
 * @param ratios heights over widths
 * @param stride pixels from one place of the map to the next
 */
record Anchors(List<Double> sizes, List<Double> ratios, int stride) {
    /** Faster R-CNN C4's: 15 at each place. */
    static final Anchors C4 = new Anchors(List.of(32.0, 64.0, 128.0, 256.0, 512.0), List.of(0.5, 1.0, 2.0), 16);

    Anchors {
        sizes = List.copyOf(sizes);
        ratios = List.copyOf(ratios);
    }

    /** A, how many there are at each place. */
    int perPlace() {
        return sizes.size() * ratios.size();
    }

    /** Those of a map of {@code height} x {@code width} places: row by row, place by place, all of a place together. */
    Boxes grid(int height, int width) {
        double[] halves = halves();
        double[] xyxy = new double[4 * height * width * perPlace()];
        int at = 0;
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                double x = (double) stride * j;
                double y = (double) stride * i;
                for (int a = 0; a < halves.length; a += 2) {
                    xyxy[at++] = x - halves[a];
                    xyxy[at++] = y - halves[a + 1];
                    xyxy[at++] = x + halves[a];
                    xyxy[at++] = y + halves[a + 1];
                }
            }
        }
        return Boxes.of(xyxy);
    }

    /** Half the width and half the height of each. */
    private double[] halves() {
        double[] halves = new double[2 * perPlace()];
        int at = 0;
        for (double size : sizes) {
            for (double ratio : ratios) {
                double width = Math.sqrt(size * size / ratio);
                halves[at++] = width / 2;
                halves[at++] = ratio * width / 2;
            }
        }
        return halves;
    }
}
