package io.juxta.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * How CUT (Park et al., 2020) makes a view of an image: scaled, cropped, both sides rounded to multiples of 4, flipped,
 * mapped to [-1, 1].
 *
 * <pre>{@code
 * Augmentation training = Preprocess.of("resize_and_crop").augmentation();
 * Augmentation test = Preprocess.of("none").withFlip(0).augmentation();
 * }</pre>
 *
 * @param mode parts joined by {@code _and_}, or {@code none}. The order in which they are named means nothing. At most
 *     one of {@code resize} (to load x load, whatever the ratio; {@code fixsize} is the same), {@code scale_width}
 *     (width to load, height with it but at least crop) and {@code scale_shortside} (short side to load, and only where
 *     it is below: a larger image stays as it is, contrary to the original's documentation); then {@code zoom},
 *     {@code crop} (a random square), {@code patch} (a cell of a grid at a random place), {@code trim} (longer sides
 *     cut to crop)
 * @param loadSize in pixels; the original takes 286
 * @param cropSize in pixels; 256
 * @param channels 3, or 1: grey, made before all else
 * @param flip the probability that left and right are exchanged; 0.5 in training, else 0
 * @param leastZoom least share of a side that {@code zoom} leaves; 0.8, for a single image 1/3
 * @param filter bicubic, for a single image bilinear
 */
@API(status = API.Status.INTERNAL)
public record Preprocess(
        String mode, int loadSize, int cropSize, int channels, double flip, double leastZoom, Filter filter) {
    private static final int BASE = 4;
    private static final String AND = "_and_";

    private enum Part {
        FIXSIZE,
        RESIZE,
        SCALE_WIDTH,
        SCALE_SHORTSIDE,
        ZOOM,
        CROP,
        PATCH,
        TRIM,
        NONE;

        private static final Set<Part> SCALING = EnumSet.range(FIXSIZE, SCALE_SHORTSIDE);

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException naming the key, its value and its limit */
    public Preprocess {
        EnumSet<Part> parts = parse(mode);
        requireSize("load-size", loadSize);
        requireSize("crop-size", cropSize);
        require(channels == 1 || channels == 3, "channels " + channels + " must be 1 (grey) or 3 (colour)");
        require(flip >= 0 && flip <= 1, "a flip's probability of " + flip + " is not within 0 to 1");
        require(leastZoom > 0 && leastZoom <= 1, "a least zoom of " + leastZoom + " is not within 0 (excluded) to 1");
        boolean crops = parts.contains(Part.CROP) || parts.contains(Part.PATCH);
        boolean bounded =
                parts.contains(Part.FIXSIZE) || parts.contains(Part.RESIZE) || parts.contains(Part.SCALE_WIDTH);
        require(
                !crops || !bounded || cropSize <= loadSize || parts.contains(Part.ZOOM),
                "crop-size " + cropSize + " is above load-size " + loadSize + " in preprocess " + mode
                        + "; choose at most " + loadSize);
    }

    /** A mode as CUT and FastCUT take it: load 286, crop 256, three channels, flip, bicubic. */
    public static Preprocess of(String mode) {
        return new Preprocess(mode, 286, 256, 3, 0.5, 0.8, Filter.BICUBIC);
    }

    /**
     * SinCUT's training views of its one image: zoomed, then a patch, flipped.
     *
     * @param cropSize of a patch; the original takes 64
     * @param maxScale the original's random_scale_max, at least 1: sides are shrunk to a share from 1/this; 3
     */
    public static Preprocess singleImage(int cropSize, double maxScale) {
        require(maxScale >= 1, "random-scale-max " + maxScale + " is below 1");
        return new Preprocess("zoom" + AND + "patch", 1024, cropSize, 3, 0.5, 1 / maxScale, Filter.BILINEAR);
    }

    public Preprocess withLoadSize(int newLoadSize) {
        return new Preprocess(mode, newLoadSize, cropSize, channels, flip, leastZoom, filter);
    }

    public Preprocess withCropSize(int newCropSize) {
        return new Preprocess(mode, loadSize, newCropSize, channels, flip, leastZoom, filter);
    }

    public Preprocess withChannels(int newChannels) {
        return new Preprocess(mode, loadSize, cropSize, newChannels, flip, leastZoom, filter);
    }

    public Preprocess withFlip(double newFlip) {
        return new Preprocess(mode, loadSize, cropSize, channels, newFlip, leastZoom, filter);
    }

    /**
     * The pipeline, called by its mode. Its views have one shape where the mode brings every image to one, else each
     * image's own.
     */
    public Augmentation augmentation() {
        EnumSet<Part> parts = parse(mode);
        List<PixelStep> steps = new ArrayList<>();
        if (channels == 1) {
            steps.add(new PixelStep.RandomGrayscale(1));
        }
        for (Part part : parts) {
            switch (part) {
                case FIXSIZE, RESIZE -> steps.add(new SizeStep.Resize(loadSize, loadSize, filter));
                case SCALE_WIDTH -> steps.add(new SizeStep.ScaleWidth(loadSize, cropSize, filter));
                case SCALE_SHORTSIDE -> steps.add(new SizeStep.EnlargeShortSide(loadSize, filter));
                case ZOOM -> steps.add(new SizeStep.Zoom(leastZoom, cropSize, filter));
                case CROP -> steps.add(new SizeStep.RandomCrop(cropSize));
                case PATCH -> steps.add(new SizeStep.Patch(cropSize));
                case TRIM -> steps.add(new SizeStep.Trim(cropSize));
                case NONE -> {}
            }
        }
        SizeStep.RoundSides round = new SizeStep.RoundSides(BASE, filter);
        steps.add(round);
        if (flip > 0) {
            steps.add(new PixelStep.RandomHorizontalFlip(flip));
        }
        Optional<Integer> side = side(parts).map(round::rounded);
        return side.isPresent()
                ? Augmentation.of(mode, new ViewShape(channels, side.get(), side.get()), Normalization.HALF, steps)
                : Augmentation.ofOwnSizes(mode, channels, Normalization.HALF, steps);
    }

    /** The side of the square that every image becomes before it is rounded, where it is the same for all. */
    private Optional<Integer> side(EnumSet<Part> parts) {
        if (parts.contains(Part.CROP) || parts.contains(Part.PATCH)) {
            return Optional.of(cropSize);
        }
        if ((parts.contains(Part.RESIZE) || parts.contains(Part.FIXSIZE)) && !parts.contains(Part.ZOOM)) {
            return Optional.of(parts.contains(Part.TRIM) ? Math.min(loadSize, cropSize) : loadSize);
        }
        return Optional.empty();
    }

    /** The parts, whose order is that of the pipeline. */
    private static EnumSet<Part> parse(String mode) {
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : mode.split(AND, -1)) {
            Part part = Arrays.stream(Part.values())
                    .filter(p -> p.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("preprocess '" + mode + "' has no part '" + name
                            + "' to it; the parts are " + names(EnumSet.allOf(Part.class)) + ", joined by " + AND));
            require(parts.add(part), "preprocess '" + mode + "' says '" + name + "' twice");
        }
        require(parts.size() == 1 || !parts.contains(Part.NONE), "preprocess '" + mode + "' is none and something");
        EnumSet<Part> scaling = EnumSet.copyOf(parts);
        scaling.retainAll(Part.SCALING);
        require(scaling.size() <= 1, "preprocess '" + mode + "' scales in two ways; choose one of " + names(scaling));
        return parts;
    }

    private static String names(Set<Part> parts) {
        return parts.stream().map(Part::toString).collect(Collectors.joining(", "));
    }

    private static void requireSize(String key, int size) {
        require(size >= BASE && size <= 8192, key + " " + size + " is not within " + BASE + " to 8192");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
