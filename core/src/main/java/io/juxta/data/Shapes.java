package io.juxta.data;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/**
 * The classes of {@link DrawnShapes}: outlines around the origin, about one in radius, y downwards. They differ in what a
 * few pixels still show, which way edges run and whether there is a hole, and neither a mirror nor a small turn makes one
 * into another.
 */
@SuppressWarnings("ImmutableEnumChecker") // a Shape can change; nobody here changes one
enum Shapes {
    CIRCLE(disc(0, 0, 0.9)),
    RING(ring()),
    TRIANGLE(polygon(0, -1, 0.95, 0.75, -0.95, 0.75)),
    CROSS(cross(1, 0)),
    SALTIRE(cross(1, 1)),
    BAR(bars(-1, -0.3, 2, 0.6)),
    POST(bars(-0.3, -1, 0.6, 2)),
    EQUALS(bars(-1, -0.75, 2, 0.5, -1, 0.25, 2, 0.5)),
    PAUSE(bars(-0.75, -1, 0.5, 2, 0.25, -1, 0.5, 2)),
    STAR(star(5, 0.42));

    private final Shape outline;

    Shapes(Shape outline) {
        this.outline = outline;
    }

    Shape outline() {
        return outline;
    }

    private static Shape disc(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static Shape polygon(double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return path;
    }

    private static Shape star(int points, double inner) {
        double[] xy = new double[4 * points];
        for (int i = 0; i < 2 * points; i++) {
            double radius = i % 2 == 0 ? 1 : inner;
            xy[2 * i] = radius * StrictMath.sin(Math.PI * i / points);
            xy[2 * i + 1] = -radius * StrictMath.cos(Math.PI * i / points);
        }
        return polygon(xy);
    }

    /** Rectangles, four numbers each: the corner, width and height. */
    private static Area bars(double... xywh) {
        Area bars = new Area();
        for (int i = 0; i < xywh.length; i += 4) {
            bars.add(new Area(new Rectangle2D.Double(xywh[i], xywh[i + 1], xywh[i + 2], xywh[i + 3])));
        }
        return bars;
    }

    /** Two bars at right angles, one of them towards (x, y): a direction needs no sine, which platforms differ in. */
    private static Shape cross(double x, double y) {
        return bars(-1, -0.25, 2, 0.5, -0.25, -1, 0.5, 2)
                .createTransformedArea(AffineTransform.getRotateInstance(x, y));
    }

    private static Shape ring() {
        Area ring = new Area(disc(0, 0, 0.95));
        ring.subtract(new Area(disc(0, 0, 0.55)));
        return ring;
    }
}
