package io.juxta.image;

import org.apiguardian.api.API;

/**
 * A step that makes a picture of another size, as the loader of CUT (Park et al., 2020) does. The roundings are those of
 * the original: halves to even where Python rounds, down where it cuts. What an image is too small for ends with an
 * {@link UnfitImageException}.
 */
@API(status = API.Status.INTERNAL)
public sealed interface SizeStep extends PixelStep {
    /** The whole image at a size, whatever its ratio; nothing where it has that size already. */
    record Resize(int width, int height, Filter filter) implements SizeStep {
        public Resize {
            requireSide(width);
            requireSide(height);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            canvas.resize(width, height, filter);
        }
    }

    /**
     * The width made {@code width} and the height with it, rounded down, but to {@code leastHeight} at least, whatever
     * becomes of the ratio; nothing where both are so already.
     */
    record ScaleWidth(int width, int leastHeight, Filter filter) implements SizeStep {
        public ScaleWidth {
            requireSide(width);
            requireSide(leastHeight);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (canvas.width() != width || canvas.height() < leastHeight) {
                double height = (double) width * canvas.height() / canvas.width();
                canvas.resize(width, (int) Math.max(height, leastHeight), filter);
            }
        }
    }

    /** The image enlarged so that its shorter side is {@code shortSide}; a larger image stays as it is. */
    record EnlargeShortSide(int shortSide, Filter filter) implements SizeStep {
        public EnlargeShortSide {
            requireSide(shortSide);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            int least = Math.min(canvas.width(), canvas.height());
            if (least < shortSide) {
                double scale = (double) shortSide / least;
                canvas.resize(round(canvas.width() * scale), round(canvas.height() * scale), filter);
            }
        }
    }

    /**
     * Width and height each made a uniform share of what they were, drawn apart, but {@code leastSide} at least.
     *
     * @param least the least share, above 0 and at most 1; the largest is 1
     */
    record Zoom(double least, int leastSide, Filter filter) implements SizeStep {
        public Zoom {
            requireSide(leastSide);
            if (!(least > 0 && least <= 1)) {
                throw new IllegalArgumentException("a zoom from " + least + " is not within 0 (excluded) to 1");
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            double width = Math.max(leastSide, canvas.width() * draws.uniform(least, 1));
            double height = Math.max(leastSide, canvas.height() * draws.uniform(least, 1));
            canvas.resize(round(width), round(height), filter);
        }
    }

    /** A square of the image at a random place. */
    record RandomCrop(int size) implements SizeStep {
        public RandomCrop {
            requireSide(size);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            requireRoom(canvas, size);
            int top = draws.below(canvas.height() - size + 1);
            int left = draws.below(canvas.width() - size + 1);
            canvas.crop(new Box(left, top, size, size));
        }
    }

    /**
     * A cell of a grid of squares that is laid over the image at a random place: as many cells as fit, each as likely.
     */
    record Patch(int size) implements SizeStep {
        public Patch {
            requireSide(size);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            requireRoom(canvas, size);
            int left = draws.below(canvas.width() % size + 1);
            int top = draws.below(canvas.height() % size + 1);
            int cells = (canvas.width() / size) * (canvas.height() / size);
            canvas.crop(cell(canvas.height() / size, draws.below(cells), left, top));
        }

        /**
         * Cells are counted down the columns.
         *
         * @param rows of the grid
         * @param left of the grid's corner in the image
         */
        Box cell(int rows, int index, int left, int top) {
            return new Box(left + index / rows * size, top + index % rows * size, size, size);
        }
    }

    /**
     * Each side that is longer than {@code size} cut to that, at a random place. As in the original the last place
     * never comes.
     */
    record Trim(int size) implements SizeStep {
        public Trim {
            requireSide(size);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            int width = canvas.width();
            int height = canvas.height();
            int left = width > size ? draws.below(width - size) : 0;
            int top = height > size ? draws.below(height - size) : 0;
            if (width > size || height > size) {
                canvas.crop(new Box(left, top, Math.min(width, size), Math.min(height, size)));
            }
        }
    }

    /**
     * Both sides resized to the nearest multiple of {@code base}, halves to an even multiple; a side below one multiple
     * becomes one. Networks that halve twice need multiples of 4.
     */
    record RoundSides(int base, Filter filter) implements SizeStep {
        public RoundSides {
            requireSide(base);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            canvas.resize(rounded(canvas.width()), rounded(canvas.height()), filter);
        }

        int rounded(int side) {
            return Math.max(base, round((double) side / base) * base);
        }
    }

    private static int round(double value) {
        return (int) Math.rint(value);
    }

    private static void requireRoom(Canvas canvas, int size) {
        int least = Math.min(canvas.width(), canvas.height());
        if (least < size) {
            throw new UnfitImageException("the image is " + canvas.width() + " x " + canvas.height()
                    + " pixels where a crop of " + size + " is taken; choose crop-size at most " + least
                    + ", or a preprocess that enlarges first, such as scale_shortside_and_crop");
        }
    }

    private static void requireSide(int side) {
        if (side < 1 || side > 8192) {
            throw new IllegalArgumentException("a side of " + side + " pixels is not within 1 to 8192");
        }
    }
}
