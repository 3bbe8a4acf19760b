package io.juxta.data;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** The classes of {@link DrawnShapes}: outlines around the origin, about one in radius, y downwards. */
@SuppressWarnings("ImmutableEnumChecker") // a Shape can change; nobody here changes one
enum Shapes {
    CIRCLE(disc(0, 0, 0.9)),
    SQUARE(polygon(-0.8, -0.8, 0.8, -0.8, 0.8, 0.8, -0.8, 0.8)),
    TRIANGLE(polygon(0, -1, 0.95, 0.75, -0.95, 0.75)),
    STAR(star(5, 0.42)),
    CROSS(cross()),
    RING(ring()),
    CRESCENT(crescent()),
    HEART(heart()),
    ARROW(polygon(-1, -0.28, 0.05, -0.28, 0.05, -0.85, 1, 0, 0.05, 0.85, 0.05, 0.28, -1, 0.28)),
    HOURGLASS(polygon(-0.85, -0.95, 0.85, -0.95, 0.12, 0, 0.85, 0.95, -0.85, 0.95, -0.12, 0));

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

    private static Shape cross() {
        Area cross = new Area(new Rectangle2D.Double(-0.95, -0.28, 1.9, 0.56));
        cross.add(new Area(new Rectangle2D.Double(-0.28, -0.95, 0.56, 1.9)));
        return cross;
    }

    private static Shape ring() {
        Area ring = new Area(disc(0, 0, 0.95));
        ring.subtract(new Area(disc(0, 0, 0.55)));
        return ring;
    }

    private static Shape crescent() {
        Area crescent = new Area(disc(0, 0, 1));
        crescent.subtract(new Area(disc(0.5, 0, 0.82)));
        return crescent;
    }

    private static Shape heart() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, 0.95);
        path.curveTo(-1.5, -0.1, -0.8, -1.3, 0, -0.45);
        path.curveTo(0.8, -1.3, 1.5, -0.1, 0, 0.95);
        path.closePath();
        return path;
    }
}
