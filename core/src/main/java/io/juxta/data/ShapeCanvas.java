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
    /**
     * Brightness of ground and shapes, of 255, and how far each may be from it. Light on dark always: were it either, that
     * would be learned first, as it tells half of all pictures apart.
     */
    private static final double GROUND = 70;

    private static final double SHAPE = 185;
    private static final double UNEVEN = 12;

    /** Slate, and warm chalks on it. */
    private static final double GROUND_HUE = 220;

    private static final double SHAPE_HUE = 40;

    /** In degrees: what MoCo's colour jitter turns hues by, so that views do not tell pictures apart by them. */
    private static final double HUES = 30;

    /** The farthest a channel is from grey, of 255. */
    private static final double GROUND_CHROMA = 20;

    private static final double SHAPE_CHROMA = 45;

    /** Of clutter against the ground, of 255. */
    private static final double CLUTTER = 30;

    private static final double GRAIN = 3;

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
        behind = colour(GROUND, GROUND_HUE, GROUND_CHROMA);
        ShapePaint paint = ShapePaint.random(size, behind, random);
        for (int i = 0; i < size * size; i++) {
            blend(i, paint, 1);
        }
    }

    /** The picture's subject, in a colour that stands out from the background. */
    void shape(Shape outline, AffineTransform pose) {
        fill(pose.createTransformedShape(outline), colour(SHAPE, SHAPE_HUE, SHAPE_CHROMA));
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
        double lighter = random.nextDouble(-CLUTTER, CLUTTER);
        for (int c = 0; c < 3; c++) {
            colour[c] += lighter;
        }
        fill(pose.createTransformedShape(outline), colour);
    }

    /** Grain, as a sensor has it. */
    void noise() {
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] += GRAIN * random.nextDouble(-1, 1);
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

    /** A colour of about this brightness (of 255) and hue (in degrees). */
    private double[] colour(double brightness, double hue, double chroma) {
        double turn = Math.toRadians(hue + random.nextDouble(-HUES, HUES));
        double[] colour = new double[3];
        for (int c = 0; c < 3; c++) {
            colour[c] = chroma * StrictMath.cos(turn - c * 2 * Math.PI / 3);
        }
        double lighter = brightness + random.nextDouble(-UNEVEN, UNEVEN) - brightness(colour);
        for (int c = 0; c < 3; c++) {
            colour[c] += lighter;
        }
        return colour;
    }

    private static double brightness(double[] colour) {
        return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    }
}
