package io.juxta.image;

import org.apiguardian.api.API;

/**
 * One step of an {@link Augmentation}. Each repeats the step of the same name in torchvision on Pillow images, bit for
 * bit once the draws are given; probabilities, ranges and the order of the draws are the originals'.
 */
@API(status = API.Status.INTERNAL)
public sealed interface PixelStep
        permits SizeStep,
                PixelStep.RandomResizedCrop,
                PixelStep.ResizeAndCentreCrop,
                PixelStep.Resize,
                PixelStep.ColorJitter,
                PixelStep.RandomGrayscale,
                PixelStep.GaussianBlur,
                PixelStep.RandomSolarize,
                PixelStep.RandomHorizontalFlip {
    /** Changes the canvas. */
    void apply(Canvas canvas, Draws draws);

    /**
     * A random part of the image, resized to a square. Ten tries at a part whose area is a uniform share of the
     * image's and whose ratio of width to height is log-uniform; then the largest central part of an allowed ratio.
     *
     * @param size of a side of the result, in pixels
     * @param minScale least share of the area, above 0
     * @param maxScale largest share of the area, at most 1
     */
    record RandomResizedCrop(int size, double minScale, double maxScale, Filter filter) implements PixelStep {
        private static final double MIN_RATIO = 3.0 / 4.0;
        private static final double MAX_RATIO = 4.0 / 3.0;
        private static final double MIN_LOG = Math.log(MIN_RATIO);
        private static final double MAX_LOG = Math.log(MAX_RATIO);
        private static final int TRIES = 10;

        public RandomResizedCrop {
            requireSize(size);
            if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
                throw new IllegalArgumentException("a crop's scale from " + minScale + " to " + maxScale
                        + " is not within 0 (excluded) to 1 in rising order");
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            Box crop = draw(canvas.width(), canvas.height(), draws);
            canvas.cropAndResize(crop, size, size, Box.whole(size, size), filter);
        }

        Box draw(int width, int height, Draws draws) {
            double area = (double) width * height;
            for (int i = 0; i < TRIES; i++) {
                double target = area * draws.uniform(minScale, maxScale);
                double ratio = StrictMath.exp(draws.uniform(MIN_LOG, MAX_LOG));
                // rint: Python rounds halves to even
                int w = (int) Math.rint(Math.sqrt(target * ratio));
                int h = (int) Math.rint(Math.sqrt(target / ratio));
                if (w > 0 && w <= width && h > 0 && h <= height) {
                    int top = draws.below(height - h + 1);
                    return new Box(draws.below(width - w + 1), top, w, h);
                }
            }
            return central(width, height);
        }

        /** The shorter side of the least crop has as many pixels as the view. */
        SufficientSize sufficient() {
            return new SufficientSize((double) size * size / (minScale * MIN_RATIO), 0);
        }

        private static Box central(int width, int height) {
            double ratio = (double) width / height;
            int w = ratio > MAX_RATIO ? (int) Math.rint(height * MAX_RATIO) : width;
            int h = ratio < MIN_RATIO ? (int) Math.rint(width / MIN_RATIO) : height;
            return new Box((width - w) / 2, (height - h) / 2, w, h);
        }
    }

    /**
     * The image resized so that its shorter side is {@code shortSide}, then its central square.
     *
     * @param crop of a side of the square, at most {@code shortSide}
     */
    record ResizeAndCentreCrop(int shortSide, int crop, Filter filter) implements PixelStep {
        public ResizeAndCentreCrop {
            requireSize(crop);
            if (crop > shortSide) {
                throw new IllegalArgumentException("a crop of " + crop + " pixels does not fit a short side of "
                        + shortSide + "; choose a crop of at most " + shortSide);
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            int width = canvas.width();
            int height = canvas.height();
            // torchvision truncates the long side
            int newWidth = width <= height ? shortSide : (int) ((double) shortSide * width / height);
            int newHeight = width <= height ? (int) ((double) shortSide * height / width) : shortSide;
            int left = (int) Math.rint((newWidth - crop) / 2.0);
            int top = (int) Math.rint((newHeight - crop) / 2.0);
            Box window = new Box(left, top, crop, crop);
            canvas.cropAndResize(Box.whole(width, height), newWidth, newHeight, window, filter);
        }
    }

    /** The whole image resized to a square, whatever its ratio; nothing where it has that size already. */
    record Resize(int size, Filter filter) implements PixelStep {
        public Resize {
            requireSize(size);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (canvas.width() != size || canvas.height() != size) {
                Box whole = Box.whole(canvas.width(), canvas.height());
                canvas.cropAndResize(whole, size, size, Box.whole(size, size), filter);
            }
        }
    }

    /**
     * With the given probability, brightness, contrast, saturation and hue changed in a random order.
     *
     * @param brightness the factor is uniform from 1 less this to 1 more; likewise contrast and saturation; 0 to 1
     * @param hue the turn is uniform from less this to this, in turns; 0 to 0.5
     */
    record ColorJitter(double probability, double brightness, double contrast, double saturation, double hue)
            implements PixelStep {
        public ColorJitter {
            requireProbability(probability);
            if (!(brightness >= 0
                    && brightness <= 1
                    && contrast >= 0
                    && contrast <= 1
                    && saturation >= 0
                    && saturation <= 1
                    && hue >= 0
                    && hue <= 0.5)) {
                throw new IllegalArgumentException("a colour jitter of " + brightness + ", " + contrast + ", "
                        + saturation + ", " + hue + " is not within 0 to 1 (hue: 0 to 0.5)");
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (!draws.bernoulli(probability)) {
                return;
            }
            int[] order = draws.permutation(4);
            float bright = (float) draws.uniform(1 - brightness, 1 + brightness);
            float contrasted = (float) draws.uniform(1 - contrast, 1 + contrast);
            float saturated = (float) draws.uniform(1 - saturation, 1 + saturation);
            double turn = draws.uniform(-hue, hue);
            Jitter jitter = new Jitter(canvas);
            for (int change : order) {
                switch (change) {
                    case 0 -> jitter.brightness(bright);
                    case 1 -> jitter.contrast(contrasted);
                    case 2 -> jitter.saturation(saturated);
                    default -> jitter.hue((int) (turn * 255));
                }
            }
            jitter.finish();
        }
    }

    /** With the given probability, the picture in shades of grey. */
    record RandomGrayscale(double probability) implements PixelStep {
        public RandomGrayscale {
            requireProbability(probability);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (draws.bernoulli(probability)) {
                new Jitter(canvas).grayscale().finish();
            }
        }
    }

    /**
     * With the given probability, a blur of a uniform radius. It is Pillow's GaussianBlur, which approximates a
     * Gaussian by three box blurs each way.
     *
     * @param minRadius the least standard deviation in pixels, at least 0
     */
    record GaussianBlur(double probability, double minRadius, double maxRadius) implements PixelStep {
        public GaussianBlur {
            requireProbability(probability);
            if (!(minRadius >= 0 && minRadius <= maxRadius && maxRadius <= 1000)) {
                throw new IllegalArgumentException("a blur's radius from " + minRadius + " to " + maxRadius
                        + " is not within 0 to 1000 in rising order");
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (draws.bernoulli(probability)) {
                canvas.gaussianBlur((float) draws.uniform(minRadius, maxRadius));
            }
        }
    }

    /**
     * With the given probability, light and dark exchanged in what is light: values from a threshold on become 255 less
     * themselves. It is Pillow's ImageOps.solarize.
     *
     * @param threshold 0 to 256; 128 in BYOL (Grill et al., 2020, appendix B)
     */
    record RandomSolarize(double probability, int threshold) implements PixelStep {
        public RandomSolarize {
            requireProbability(probability);
            if (threshold < 0 || threshold > 256) {
                throw new IllegalArgumentException("a threshold of " + threshold + " is not within 0 to 256");
            }
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (draws.bernoulli(probability)) {
                new Jitter(canvas).solarize(threshold).finish();
            }
        }
    }

    /** With the given probability, left and right exchanged. */
    record RandomHorizontalFlip(double probability) implements PixelStep {
        public RandomHorizontalFlip {
            requireProbability(probability);
        }

        @Override
        public void apply(Canvas canvas, Draws draws) {
            if (draws.bernoulli(probability)) {
                canvas.flip();
            }
        }
    }

    private static void requireSize(int size) {
        if (size < 1 || size > 8192) {
            throw new IllegalArgumentException("a view of " + size + " pixels is not within 1 to 8192");
        }
    }

    private static void requireProbability(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability of " + probability + " is not within 0 to 1");
        }
    }
}
