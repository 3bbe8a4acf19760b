package io.juxta.data.boxes;

import io.juxta.image.Draws;
import java.util.List;
import org.apiguardian.api.API;

/**
 * How pictures of any size are made for a detector: the short side to one of several lengths, by draw, the long side to a limit at
 * most, mirrored by draw. Boxes go along.
 *
 * @param shortSides to draw from, in pixels
 * @param longest the long side at most, in pixels
 * @param flip whether half of the pictures are mirrored
 */
@API(status = API.Status.INTERNAL)
public record Resizing(List<Integer> shortSides, int longest, boolean flip) {
    /** Boxes that are narrower or lower than this are gone. */
    private static final double LEAST = 1e-5;

    public Resizing {
        shortSides = List.copyOf(shortSides);
        if (shortSides.isEmpty() || shortSides.stream().anyMatch(side -> side < 32 || side > 4096)) {
            throw new IllegalArgumentException("short-sides " + shortSides + " must be from 32 to 4096, one at least");
        }
        if (longest < 32 || longest > 16384) {
            throw new IllegalArgumentException("longest-side " + longest + " must be from 32 to 16384");
        }
    }

    /**
     * What becomes of one picture.
     *
     * @param from its size
     * @param to its size for the detector
     * @param mirrored whether left and right change places
     */
    public record Way(PictureSize from, PictureSize to, boolean mirrored) {
        /** The objects as they lie in what becomes of the picture. */
        public LabelledBoxes objects(LabelledBoxes objects) {
            Boxes scaled =
                    objects.boxes().scale((double) to.width() / from.width(), (double) to.height() / from.height());
            Boxes there = (mirrored ? scaled.flip(to.width()) : scaled).clip(to.width(), to.height());
            int[] left = java.util.stream.IntStream.range(0, objects.size())
                    .filter(i -> there.exceeds(i, LEAST))
                    .toArray();
            return objects.at(there).select(left);
        }
    }

    /** What becomes of a picture, by draw. */
    public Way draw(PictureSize size, Draws draws) {
        int side = shortSides.get(draws.below(shortSides.size()));
        return new Way(size, resized(size, side, longest), flip && draws.bernoulli(0.5));
    }

    /** Without chance: to the longest of the short sides. */
    public Way plain(PictureSize size) {
        int side = shortSides.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return new Way(size, resized(size, side, longest), false);
    }

    static PictureSize resized(PictureSize size, int shortSide, int longest) {
        double scale = (double) shortSide / Math.min(size.width(), size.height());
        double width = size.width() <= size.height() ? shortSide : scale * size.width();
        double height = size.height() <= size.width() ? shortSide : scale * size.height();
        if (Math.max(width, height) > longest) {
            double less = longest / Math.max(width, height);
            width *= less;
            height *= less;
        }
        return new PictureSize(Math.max(1, (int) (width + 0.5)), Math.max(1, (int) (height + 0.5)));
    }
}
