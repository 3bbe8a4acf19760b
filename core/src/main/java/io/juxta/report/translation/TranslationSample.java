package io.juxta.report.translation;

import io.juxta.report.snapshots.Fingerprint;
import java.util.List;
import org.apiguardian.api.API;

/**
 * The images of both domains that a report of a translation shows, the same in every epoch, and the layout of their
 * sheets. One sheet holds the sources, and from the next row on the targets; one of each epoch holds the translations of
 * the sources, what changed, the translations of the targets, each in a row of its own, and from the next row on the maps
 * of all patches.
 *
 * @param sources what people call the images of the source domain
 * @param targets and those of the target domain; none where G does not take them
 * @param tile side of a picture in a sheet, in pixels
 * @param columns of a sheet
 * @param width of a source in pixels: a tile shows it with its proportions
 * @param height of a source
 * @param brighter how many times as bright as it is a difference is shown
 * @param points where patches are asked about, x and y in turn, from 0 at the left and the top to 1
 * @param asked how many of the sources, the first, are asked about
 */
@API(status = API.Status.INTERNAL)
public record TranslationSample(
        List<String> sources,
        List<String> targets,
        int tile,
        int columns,
        int width,
        int height,
        int brighter,
        List<Double> points,
        int asked) {
    public TranslationSample {
        sources = List.copyOf(sources);
        targets = List.copyOf(targets);
        points = List.copyOf(points);
        int images = sources.size();
        require(images >= 1, "there are no sources");
        require(tile >= 1 && tile <= 1024, "a tile's side of " + tile + " px must be from 1 to 1024");
        require(
                columns >= Math.max(images, targets.size()) && columns <= 64,
                "columns " + columns + " must be at least as many as the images of a domain, and at most 64");
        require(width >= 1 && height >= 1, "an image of " + width + " x " + height + " pixels is none");
        require(brighter >= 1 && brighter <= 255, "brighter " + brighter + " must be from 1 to 255");
        require(points.size() % 2 == 0 && points.size() <= 64, "points must be up to 32 pairs of numbers");
        require(points.stream().allMatch(p -> p >= 0 && p <= 1), "a point must be from 0 to 1");
        require(asked >= 0 && asked <= images, "asked " + asked + " must be from 0 to " + images);
    }

    /** How many patches are asked about. */
    int patches() {
        return asked * points.size() / 2;
    }

    /** The rows of the sheet of an epoch. */
    public int rows() {
        return 3 + (patches() + columns - 1) / columns;
    }

    /** Tells samples apart. */
    public String fingerprint() {
        return Fingerprint.of(toString());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
