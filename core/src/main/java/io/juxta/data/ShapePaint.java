package io.juxta.data;

import java.util.SplittableRandom;

/** A colour and a second one near it, mixed by a pattern: none, a gradient, stripes, checks or blotches. */
final class ShapePaint {
    private enum Pattern {
        PLAIN,
        GRADIENT,
        STRIPES,
        CHECKS,
        BLOTCHES
    }

    /** How much lighter or darker the second colour is at most, of 255: far below the contrast that makes the outline. */
    private static final double SPREAD = 8;

    private static final int GRID = 4;

    private final Pattern pattern;
    private final double[] from;
    private final double[] to = new double[3];
    private final double[] blotches = new double[(GRID + 1) * (GRID + 1)];
    private final double dx;
    private final double dy;
    private final double phase;
    private final int size;

    private ShapePaint(int size, double[] colour, SplittableRandom random) {
        this.size = size;
        this.pattern = Pattern.values()[random.nextInt(Pattern.values().length)];
        this.from = colour.clone();
        double lighter = random.nextDouble(-SPREAD, SPREAD);
        for (int c = 0; c < 3; c++) {
            to[c] = from[c] + lighter;
        }
        double angle = random.nextDouble(2 * Math.PI);
        // fine enough for blur and crops to spoil it
        double period = size * random.nextDouble(0.08, 0.16);
        this.dx = StrictMath.cos(angle) / period;
        this.dy = StrictMath.sin(angle) / period;
        this.phase = random.nextDouble();
        for (int i = 0; i < blotches.length; i++) {
            blotches[i] = random.nextDouble();
        }
    }

    static ShapePaint random(int size, double[] colour, SplittableRandom random) {
        return new ShapePaint(size, colour, random);
    }

    /** How much of the second colour a pixel has, 0 to 1. */
    double shade(int x, int y) {
        double along = dx * x + dy * y + phase;
        double across = dx * y - dy * x + phase;
        return switch (pattern) {
            case PLAIN -> 0;
            case GRADIENT -> 0.5 + 0.5 * StrictMath.sin(along);
            case STRIPES -> fraction(along) < 0.5 ? 0 : 1;
            case CHECKS -> fraction(along) < 0.5 == fraction(across) < 0.5 ? 0 : 1;
            case BLOTCHES -> blotch(GRID * (double) x / size, GRID * (double) y / size);
        };
    }

    double colour(int channel, double shade) {
        return from[channel] + shade * (to[channel] - from[channel]);
    }

    private static double fraction(double value) {
        return value - Math.floor(value);
    }

    /** Bilinear between random values on a coarse grid. */
    private double blotch(double x, double y) {
        int column = (int) x;
        int row = (int) y;
        int corner = row * (GRID + 1) + column;
        double u = x - column;
        double v = y - row;
        double above = blotches[corner] * (1 - u) + blotches[corner + 1] * u;
        double below = blotches[corner + GRID + 1] * (1 - u) + blotches[corner + GRID + 2] * u;
        return above * (1 - v) + below * v;
    }
}
