package io.juxta.image;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * What makes one view of an image: a sequence of steps, then normalisation. Immutable and safe for use by many threads
 * at once, each with its own {@link Canvas}.
 *
 * <p>On the same draws a view has the bytes that torchvision with Pillow gives; a test holds every operation to that.
 *
 * <pre>{@code
 * Augmentation view = Augmentation.mocoV2(224, Normalization.IMAGENET);
 * Canvas canvas = new Canvas();
 * FloatBuffer out = FloatBuffer.allocate(view.length());
 * view.apply(image, Draws.of(seed, epoch, index, 0), canvas, out);
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class Augmentation {
    /** A named pipeline. */
    private interface Recipe {
        Augmentation make(int size, Normalization normalization);
    }

    private static final Map<String, Recipe> NAMED = named();

    private final String name;
    private final int channels;
    /** Null where each image has a size of its own. */
    private final @Nullable ViewShape shape;

    private final List<PixelStep> steps;
    private final Normalization normalization;
    private final float[] table;

    private Augmentation(
            String name, int channels, @Nullable ViewShape shape, Normalization normalization, List<PixelStep> steps) {
        this.name = name;
        this.channels = channels;
        this.shape = shape;
        this.steps = List.copyOf(steps);
        this.normalization = normalization;
        this.table = normalization.table();
    }

    /**
     * A pipeline of your own.
     *
     * @param name for {@link #name()}
     * @param size of a side of the square that the steps leave; {@link #apply} fails when they leave anything else
     */
    public static Augmentation of(String name, int size, Normalization normalization, PixelStep... steps) {
        return of(name, ViewShape.square(size), normalization, List.of(steps));
    }

    /**
     * A pipeline of your own whose views are no squares, or grey.
     *
     * @param shape that the steps leave; of one channel, the red of every pixel is what is written
     */
    public static Augmentation of(String name, ViewShape shape, Normalization normalization, List<PixelStep> steps) {
        return new Augmentation(name, shape.channels(), shape, normalization, steps);
    }

    /**
     * A pipeline of your own whose views have sizes that depend on the image's.
     *
     * @param channels 1 or 3; of one channel, the red of every pixel is what is written
     */
    public static Augmentation ofOwnSizes(
            String name, int channels, Normalization normalization, List<PixelStep> steps) {
        return new Augmentation(name, new ViewShape(channels, 1, 1).channels(), null, normalization, steps);
    }

    /**
     * MoCo v1 (He et al., 2020, section 3.3): crop of 0.2 to 1 of the area, grey 0.2, colour jitter 0.4 / 0.4 / 0.4 /
     * 0.4 always, flip. The original takes size 224 and ImageNet's statistics.
     */
    public static Augmentation mocoV1(int size, Normalization normalization) {
        return of(
                "moco-v1",
                size,
                normalization,
                new PixelStep.RandomResizedCrop(size, 0.2, 1, Filter.BILINEAR),
                new PixelStep.RandomGrayscale(0.2),
                new PixelStep.ColorJitter(1, 0.4, 0.4, 0.4, 0.4),
                new PixelStep.RandomHorizontalFlip(0.5));
    }

    /**
     * MoCo v2 (Chen et al., 2020, section 3): crop of 0.2 to 1 of the area, colour jitter 0.4 / 0.4 / 0.4 / 0.1 with
     * 0.8, grey 0.2, blur of radius 0.1 to 2 with 0.5, flip. The original takes size 224 and ImageNet's statistics.
     * The blur is Pillow's, three box blurs each way.
     */
    public static Augmentation mocoV2(int size, Normalization normalization) {
        return of(
                "moco-v2",
                size,
                normalization,
                new PixelStep.RandomResizedCrop(size, 0.2, 1, Filter.BILINEAR),
                new PixelStep.ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1),
                new PixelStep.RandomGrayscale(0.2),
                new PixelStep.GaussianBlur(0.5, 0.1, 2),
                new PixelStep.RandomHorizontalFlip(0.5));
    }

    /**
     * MoCo's CIFAR-10 notebook: crop of 0.08 to 1 of the area, flip, colour jitter 0.4 / 0.4 / 0.4 / 0.1 with 0.8, grey
     * 0.2, no blur. The original takes size 32 and CIFAR-10's statistics.
     */
    public static Augmentation cifarNotebook(int size, Normalization normalization) {
        return cifarNotebook(size, 0.08, 1, normalization);
    }

    /** The steps of {@link #cifarNotebook(int, Normalization)} with crops of other shares of the area. */
    public static Augmentation cifarNotebook(int size, double minScale, double maxScale, Normalization normalization) {
        return of(
                "cifar-notebook",
                size,
                normalization,
                new PixelStep.RandomResizedCrop(size, minScale, maxScale, Filter.BILINEAR),
                new PixelStep.RandomHorizontalFlip(0.5),
                new PixelStep.ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1),
                new PixelStep.RandomGrayscale(0.2));
    }

    /**
     * SwAV (Caron et al., 2020, appendix A.1): crop, flip, colour jitter 0.8 / 0.8 / 0.8 / 0.2 with 0.8, grey 0.2, blur
     * of radius 0.1 to 2 with 0.5. The original takes 2 crops of size 224 and share 0.14 to 1 and 6 of 96 and 0.05 to
     * 0.14, and {@link Normalization#SWAV}. The blur is Pillow's, as in the original's present program; its published
     * numbers were made with OpenCV's.
     *
     * @param minScale least share of the area, above 0
     * @param maxScale largest share of the area, at most 1
     */
    public static Augmentation swav(int size, double minScale, double maxScale, Normalization normalization) {
        return of(
                "swav",
                size,
                normalization,
                new PixelStep.RandomResizedCrop(size, minScale, maxScale, Filter.BILINEAR),
                new PixelStep.RandomHorizontalFlip(0.5),
                new PixelStep.ColorJitter(0.8, 0.8, 0.8, 0.8, 0.2),
                new PixelStep.RandomGrayscale(0.2),
                new PixelStep.GaussianBlur(0.5, 0.1, 2));
    }

    /** The training view of the linear probe (MoCo's main_lincls): crop of 0.08 to 1 of the area, flip. */
    public static Augmentation linearTrain(int size, Normalization normalization) {
        return of(
                "linear-train",
                size,
                normalization,
                new PixelStep.RandomResizedCrop(size, 0.08, 1, Filter.BILINEAR),
                new PixelStep.RandomHorizontalFlip(0.5));
    }

    /**
     * The test view: short side resized (bilinear), central square. The originals take 256 and 224.
     *
     * @param shortSide in pixels, at least {@code crop}
     */
    public static Augmentation evaluation(int shortSide, int crop, Normalization normalization) {
        return of(
                "evaluation", crop, normalization, new PixelStep.ResizeAndCentreCrop(shortSide, crop, Filter.BILINEAR));
    }

    /** The image itself, resized (bilinear) to a square where it has another size. */
    public static Augmentation plain(int size, Normalization normalization) {
        return of("plain", size, normalization, new PixelStep.Resize(size, Filter.BILINEAR));
    }

    /**
     * The pipeline of a name: moco-v1, moco-v2, cifar-notebook, linear-train, evaluation (short side 8/7 of the size,
     * as 256 is to 224) or plain.
     *
     * @throws IllegalArgumentException when there is no such name; the message lists those there are
     */
    public static Augmentation named(String name, int size, Normalization normalization) {
        Recipe recipe = NAMED.get(name);
        if (recipe == null) {
            throw new IllegalArgumentException(
                    "no augmentation is called '" + name + "'; there are " + String.join(", ", NAMED.keySet()));
        }
        return recipe.make(size, normalization);
    }

    private static Map<String, Recipe> named() {
        Map<String, Recipe> named = new LinkedHashMap<>();
        named.put("moco-v1", Augmentation::mocoV1);
        named.put("moco-v2", Augmentation::mocoV2);
        named.put("cifar-notebook", Augmentation::cifarNotebook);
        named.put("linear-train", Augmentation::linearTrain);
        named.put("evaluation", (size, n) -> evaluation((int) Math.rint(size * 8 / 7.0), size, n));
        named.put("plain", Augmentation::plain);
        return named;
    }

    public String name() {
        return name;
    }

    /** How large a picture must be for this; {@link SufficientSize#WHOLE} where that cannot be told. */
    public SufficientSize sufficient() {
        for (PixelStep step : steps) {
            if (step instanceof PixelStep.RandomResizedCrop crop) {
                return crop.sufficient();
            }
            if (step instanceof PixelStep.ResizeAndCentreCrop resized) {
                return new SufficientSize(0, resized.shortSide());
            }
            if (step instanceof PixelStep.Resize resized) {
                return new SufficientSize(0, resized.size());
            }
            if (!(step instanceof PixelStep.RandomHorizontalFlip)) {
                break; // what looks at single pixels first would see others
            }
        }
        return SufficientSize.WHOLE;
    }

    /** The shape of every view; empty where it depends on the image. */
    public Optional<ViewShape> shape() {
        return Optional.ofNullable(shape);
    }

    /**
     * The longer side of a view in pixels.
     *
     * @throws IllegalStateException where it depends on the image
     */
    public int size() {
        ViewShape fixed = fixed();
        return Math.max(fixed.height(), fixed.width());
    }

    /**
     * The floats of a view: {@code channels * height * width}.
     *
     * @throws IllegalStateException where they depend on the image
     */
    public int length() {
        return Math.toIntExact(fixed().length());
    }

    private ViewShape fixed() {
        if (shape == null) {
            throw new IllegalStateException("views by '" + name + "' have no size in common; ask for shape()");
        }
        return shape;
    }

    public Normalization normalization() {
        return normalization;
    }

    public List<PixelStep> steps() {
        return steps;
    }

    /** One line for each step, and one for the normalisation. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (PixelStep step : steps) {
            lines.add(step.toString());
        }
        lines.add(normalization.toString());
        return List.copyOf(lines);
    }

    /**
     * Makes a view and writes it as (height, width, channels) float32, normalised, at the buffer's position, which
     * moves on by as many floats.
     *
     * @param image is not changed
     * @param draws the view's own
     * @param canvas this thread's workspace
     * @param out with at least the view's floats remaining
     * @throws UnfitImageException when a step cannot be done on this image
     */
    public void apply(Image image, Draws draws, Canvas canvas, FloatBuffer out) {
        make(image, draws, canvas);
        write(canvas, out);
    }

    /**
     * Makes a view and leaves it in the canvas, for {@link #write} to take from there once there is room for it.
     *
     * @return the view's shape
     * @throws UnfitImageException when a step cannot be done on this image
     */
    public ViewShape make(Image image, Draws draws, Canvas canvas) {
        canvas.load(image);
        for (PixelStep step : steps) {
            step.apply(canvas, draws);
        }
        ViewShape left = new ViewShape(channels, canvas.height(), canvas.width());
        if (shape != null && !left.equals(shape)) {
            throw new IllegalStateException(
                    "the steps of '" + name + "' leave " + left.pixels() + " pixels, not " + shape.pixels());
        }
        return left;
    }

    /** Writes the view that {@link #make} left in the canvas, as {@link #apply} does. */
    public void write(Canvas canvas, FloatBuffer out) {
        if (channels == 1) {
            canvas.writeGrey(table, out);
        } else {
            canvas.write(table, out);
        }
    }

    /** Makes a view and returns it before normalisation, for people to look at. */
    public Image view(Image image, Draws draws, Canvas canvas) {
        make(image, draws, canvas);
        return canvas.toImage();
    }
}
