package io.juxta.data;

import io.juxta.image.Image;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Labelled images that need no download: four of one of ten shapes, each with its own place, size, turn, colour and
 * texture, among clutter on a textured ground.
 *
 * <p>They are made for contrastive learning in minutes. What says nothing of the class either differs within a picture or
 * is undone by the augmentation (crop, mirror, colour jitter, blur), so that two views of a picture have little but the
 * shape in common, and any larger part of it shows one. The same variety is what misleads a comparison of pixels.
 *
 * <p>Image {@code i} is a function of (seed, i) alone, whatever the order and the thread; its class is {@code i} modulo
 * ten. Images are drawn when first asked for and kept: three bytes a pixel, 3 KiB each at 32 pixels.
 */
@API(status = API.Status.INTERNAL)
public final class DrawnShapes implements Dataset {
    /** Smaller ones cannot be told apart. */
    public static final int SMALLEST = 16;

    private static final int LARGEST = 1024;

    /** In radians, 22 degrees: half of what would turn a cross into a saltire. */
    private static final double MOST_TURNED = 0.38;

    private static final double SMALLEST_RADIUS = 0.14;
    private static final double LARGEST_RADIUS = 0.24;

    /** How far a shape is from the middle of its quarter, in quarters. */
    private static final double PLAY = 0.4;

    private static final int MOST_CLUTTER = 4;

    private static final List<Shapes> SHAPES = List.of(Shapes.values());
    private static final List<String> CLASSES = Stream.of(Shapes.values())
            .map(shape -> shape.name().toLowerCase(Locale.ROOT))
            .toList();

    private final long seed;
    private final int size;
    private final AtomicReferenceArray<Image> drawn;

    /**
     * @param seed another seed gives other images: one for training, one for testing
     * @param count the number of images, at least 1
     * @param size width and height in pixels, 16 to 1024
     */
    public DrawnShapes(long seed, int count, int size) {
        if (count < 1) {
            throw new IllegalArgumentException("a set of " + count + " drawn shapes: at least 1 is needed");
        }
        if (size < SMALLEST || size > LARGEST) {
            throw new IllegalArgumentException(
                    "drawn shapes of " + size + " pixels: the size must be " + SMALLEST + " to " + LARGEST);
        }
        this.seed = seed;
        this.size = size;
        this.drawn = new AtomicReferenceArray<>(count);
    }

    @Override
    public int size() {
        return drawn.length();
    }

    @Override
    public Image image(int index) {
        Image known = drawn.get(index);
        if (known != null) {
            return known;
        }
        // two threads may draw the same picture: one of two equal ones is kept
        Image fresh = draw(index);
        drawn.compareAndSet(index, null, fresh);
        return fresh;
    }

    @Override
    public int label(int index) {
        return index % CLASSES.size();
    }

    @Override
    public List<String> classes() {
        return CLASSES;
    }

    @Override
    public String name(int index) {
        return CLASSES.get(label(index)) + " " + index;
    }

    private Image draw(int index) {
        SplittableRandom random = new SplittableRandom(mix(mix(seed) + index));
        ShapeCanvas canvas = new ShapeCanvas(size, random);
        canvas.background();
        int clutter = random.nextInt(MOST_CLUTTER + 1);
        for (int i = 0; i < clutter; i++) {
            canvas.speck();
        }
        Shape outline = SHAPES.get(label(index)).outline();
        // one to a quarter, then all rolled around: no place is likelier than another, and few cover each other
        double rightwards = random.nextDouble();
        double downwards = random.nextDouble();
        for (int quarter = 0; quarter < 4; quarter++) {
            double x = (quarter % 2 + 0.5 + PLAY * random.nextDouble(-1, 1)) / 2 + rightwards;
            double y = (quarter / 2 + 0.5 + PLAY * random.nextDouble(-1, 1)) / 2 + downwards;
            canvas.shape(outline, pose(size * (x % 1), size * (y % 1), random));
        }
        canvas.noise();
        return canvas.image();
    }

    /** From the shape's own coordinates, within one of the origin, to pixels; some of it may leave the picture. */
    private AffineTransform pose(double x, double y, SplittableRandom random) {
        double radius = size * random.nextDouble(SMALLEST_RADIUS, LARGEST_RADIUS);
        double turn = random.nextDouble(-MOST_TURNED, MOST_TURNED);
        AffineTransform pose = AffineTransform.getTranslateInstance(x, y);
        pose.rotate(StrictMath.cos(turn), StrictMath.sin(turn));
        pose.scale(random.nextBoolean() ? radius : -radius, radius * random.nextDouble(0.8, 1));
        return pose;
    }

    /** SplitMix64's finaliser: neighbouring seeds and numbers must not give related pictures. */
    private static long mix(long z) {
        long a = (z + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 30)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
