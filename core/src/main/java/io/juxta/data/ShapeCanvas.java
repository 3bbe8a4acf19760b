package io.juxta.data;

import io.juxta.image.Image;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.SplittableRandom;

/**
 * One picture in the making. Java2D says how much of each pixel a shape covers; colours are computed here, so that the
 * picture is the same bytes on every platform ({@link StrictMath} for the same reason).
 */
final class ShapeCanvas {
    /** The least difference in brightness, of 255, between a shape and what is behind it. */
    private static final double CONTRAST = 90;

    /**
     * The farthest a channel is from grey, of 255. Were colours bright, they alone would tell one picture from the next,
     * and a network would learn them instead of outlines.
     */
    private static final double TINT = 12;

    private final int size;
    private final SplittableRandom random;
    private final double[] rgb;
    private double[] behind = new double[3];

    ShapeCanvas(int size, SplittableRandom random) {
        this.size = size;
        this.random = random;
        this.rgb = new double[3 * size * size];
    }

    void background() {
        behind = colour();
        ShapePaint paint = ShapePaint.random(size, behind, random);
        for (int i = 0; i < size * size; i++) {
            blend(i, paint, 1);
        }
    }

    /** The picture's subject, in a colour that stands out from the background. */
    void shape(Shape outline, AffineTransform pose) {
        double[] colour = colour();
        while (Math.abs(brightness(colour) - brightness(behind)) < CONTRAST) {
            colour = colour();
        }
        fill(pose.createTransformedShape(outline), colour);
    }

    /** Something small that says nothing. */
    void speck() {
        double radius = size * random.nextDouble(0.03, 0.08);
        AffineTransform pose = AffineTransform.getTranslateInstance(random.nextDouble(size), random.nextDouble(size));
        double turn = random.nextDouble(Math.PI);
        pose.rotate(StrictMath.cos(turn), StrictMath.sin(turn));
        pose.scale(radius, radius * random.nextDouble(0.5, 2));
        Shape outline =
                random.nextBoolean() ? new Ellipse2D.Double(-1, -1, 2, 2) : new Rectangle2D.Double(-1, -1, 2, 2);
        double[] colour = behind.clone();
        for (int c = 0; c < 3; c++) {
            colour[c] = Math.max(0, Math.min(255, colour[c] + random.nextDouble(-45, 45)));
        }
        fill(pose.createTransformedShape(outline), colour);
    }

    /** Grain, as a sensor has it. */
    void noise() {
        double strength = random.nextDouble(1, 6);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] += strength * random.nextDouble(-1, 1);
        }
    }

    Image image() {
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            bytes[i] = (byte) Math.max(0, Math.min(255, Math.round(rgb[i])));
        }
        return new Image(size, size, bytes);
    }

    private void fill(Shape shape, double[] colour) {
        ShapePaint paint = ShapePaint.random(size, colour, random);
        int[] cover = cover(shape);
        for (int i = 0; i < cover.length; i++) {
            blend(i, paint, (cover[i] & 0xff) / 255.0);
        }
    }

    private int[] cover(Shape shape) {
        BufferedImage mask = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = mask.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.fill(shape);
        } finally {
            graphics.dispose();
        }
        return ((DataBufferInt) mask.getRaster().getDataBuffer()).getData();
    }

    private void blend(int pixel, ShapePaint paint, double opacity) {
        if (opacity > 0) {
            double shade = paint.shade(pixel % size, pixel / size);
            for (int c = 0; c < 3; c++) {
                int i = 3 * pixel + c;
                rgb[i] += opacity * (paint.colour(c, shade) - rgb[i]);
            }
        }
    }

    private double[] colour() {
        double grey = random.nextDouble(256);
        double[] colour = new double[3];
        for (int c = 0; c < 3; c++) {
            colour[c] = Math.max(0, Math.min(255, grey + random.nextDouble(-TINT, TINT)));
        }
        return colour;
    }

    private static double brightness(double[] colour) {
        return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    }
}
